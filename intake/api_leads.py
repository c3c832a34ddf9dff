"""Upsert leads: whoever is known is filled in, everybody else is created."""

from typing import Annotated, Literal

from django.utils import timezone
from pydantic import Field

from accounts.api import Scope, endpoint
from intake import people
from intake.limits import TEXT_VALUE
from leads.api import router
from leads.api_words import ItemProblem, Moment, Said, Told, item_problem, up_to
from leads.models import Consent

MOST = 1_000
EXAMPLE = {
    "items": [
        {
            "email": "anke@halden.example",
            "external_id": "00Q5f000001",
            "first_name": "Anke",
            "last_name": "Brandt",
            "country": "DE",
            "phone": "0561 555 0142",
            "company": {"name": "Halden GmbH", "domain": "halden.example", "employees": 240},
            "source": "Webinar",
            "consents": [
                {
                    "purpose": "marketing_email",
                    "given": True,
                    "text_version": "newsletter 3",
                    "happened_at": "2026-03-02T09:00:00+01:00",
                }
            ],
        }
    ],
    "write": "fill",
}

Value = (
    Annotated[str, Field(max_length=TEXT_VALUE)]
    | Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True)]
    | Annotated[float, Field(strict=True)]
)


class CompanySaid(Said):
    """Found by its domain, else by its name; what it lacks is filled in."""

    name: str = up_to(200)
    domain: str = up_to(200)
    industry: str = up_to(100)
    employees: int | None = Field(None, strict=True, ge=0, le=2**31 - 1)
    revenue: float | None = Field(None, strict=True, ge=0, lt=10**12, description="A year, EUR.")
    country: str = up_to(80)
    city: str = up_to(80)


class ConsentSaid(Said):
    """An entry of the ledger; the newest of a purpose counts."""

    purpose: Consent.Purpose
    given: bool = Field(strict=True)
    happened_at: Moment
    basis: Consent.Basis = Consent.Basis.CONSENT
    text_version: str = up_to(60)
    text: str = up_to(20_000, description="What the person read.")
    proof: dict[str, str] = Field({}, max_length=20)


class PersonSaid(Said):
    """At least one of email, external_id, phone. `external_id` is the id in your system."""

    email: str = up_to(254)
    phone: str = up_to(40, description="Without country code, it gets that of the country.")
    external_id: str = up_to(120)
    first_name: str = up_to(100)
    last_name: str = up_to(100)
    job_title: str = up_to(120)
    city: str = up_to(80)
    country: str = up_to(80, description="ISO code, or a name that becomes it.")
    interest: str = up_to(120)
    source: str = up_to(100)
    campaign: str = up_to(120, description="Name or UTM value of a campaign that is known here.")
    consent_basis: str = up_to(120)
    do_not_contact: bool = Field(False, strict=True, description="Once true, it stays true.")
    company: CompanySaid | None = None
    attributes: dict[str, Value] = Field({}, max_length=200, description="By code.")
    consents: list[ConsentSaid] = Field([], max_length=20)


class PeopleSaid(Said):
    model_config = Said.model_config | {"json_schema_extra": {"example": EXAMPLE}}

    items: list[PersonSaid] = Field(min_length=1, max_length=MOST)
    write: Literal["fill", "overwrite"] = Field(
        "fill", description="fill: only what the lead lacks. overwrite: what it has, too."
    )


class PersonTold(Told):
    id: int | None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    problem: ItemProblem | None


class PeopleTold(Told):
    """In the order of what was sent. Who was refused keeps nobody else out."""

    items: list[PersonTold]
    created: int
    updated: int
    unchanged: int
    refused: int


@router.post("/leads", summary="Create and update leads", **endpoint(Scope.WRITE_LEADS, PeopleTold))
def upsert_leads(request, said: PeopleSaid):
    """Each is the lead they are already, by email address, external ID or phone number, or becomes
    a new one. Sent twice, it changes nothing."""
    overwrite = said.write == "overwrite"
    taken = people.take_in(request.key, said.items, now=timezone.now(), overwrite=overwrite)
    items = [_tell(one) for one in taken]
    outcomes = [one["outcome"] for one in items]
    names = ("created", "updated", "unchanged", "refused")
    return {"items": items, **{name: outcomes.count(name) for name in names}}


def _tell(one):
    if one.refusal:
        return {"id": None, "outcome": "refused", "problem": item_problem(one.refusal)}
    return {"id": one.lead.pk, "outcome": one.outcome, "problem": None}
