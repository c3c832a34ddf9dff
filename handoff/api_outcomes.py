"""What came of a lead, told by another system: the same moves, forms and gates as on the pages."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone
from ninja import Body, Router
from pydantic import Field

from accounts.api import Scope, endpoint
from accounts.problems import ApiError
from handoff import inbox
from leads import actions, matching
from leads.api_reading import LeadTold, tell, with_all
from leads.api_words import Day, LeadRef, Moment, Said, up_to
from leads.models import Lead
from leads.perform import perform, sources

router = Router(tags=["Outcomes"])
MOST_MONEY = 10**12
Money = Annotated[float, Field(strict=True, ge=0, lt=MOST_MONEY)]


class OutcomeSaid(Said):
    lead: LeadRef


class Accepted(OutcomeSaid):
    outcome: Literal["accept"]
    discovery_at: Moment
    product: str = up_to(120)
    need: str = up_to(2_000)
    estimate: Money | None = None
    currency: str = up_to(3)
    expected_close_on: Day | None = None


class Claimed(OutcomeSaid):
    outcome: Literal["claim"]
    discovery_at: Moment
    note: str = up_to(2_000)


class QualifiedForSales(OutcomeSaid):
    outcome: Literal["qualify_sales"]
    next_step_at: Moment
    amount: Money | None = None
    note: str = up_to(2_000)


class GivenBack(OutcomeSaid):
    """`reason`, `detail`: codes of the agreement; some reasons need a note or a date."""

    outcome: Literal["reject", "recycle", "disqualify", "lose", "reopen"]
    reason: str = Field(min_length=1, max_length=40)
    detail: str = up_to(40)
    note: str = up_to(500)
    until: Day | None = None
    goes_to: Literal["", "nurture", "unqualified", "disqualified"] = ""


class Won(OutcomeSaid):
    outcome: Literal["win"]
    amount: Money
    note: str = up_to(2_000)


Outcome = Annotated[
    Accepted | Claimed | QualifiedForSales | GivenBack | Won, Field(discriminator="outcome")
]
EXAMPLE = {
    "lead": {"external_id": "00Q5f000001"},
    "outcome": "reject",
    "reason": "bad_timing",
    "until": "2026-06-01",
}


@router.post(
    "/outcomes",
    summary="Report an outcome",
    **endpoint(Scope.WRITE_OUTCOMES, LeadTold, 404),
)
def report_outcome(request, said: Annotated[Outcome, Body(example=EXAMPLE)]):
    """Moves the lead in the name and with the rights of the person whom the key acts as. What a
    person must say on the page must be said here; a lead that somebody else has moved meanwhile is
    a conflict that tells who did."""
    key = request.key
    with timezone.override(ZoneInfo(key.acts_as.time_zone)):
        lead = _lead(key, said.lead, said.outcome)
        args = _checked(lead, said, key.acts_as)
        perform(lead, said.outcome, by=key.acts_as, via=key.door, **args)
    return tell(with_all(Lead.objects).get(pk=lead.pk))


def _lead(key, ref, outcome):
    found = matching.find(
        emails=[ref.email.strip()], external_ids=[ref.external_id.strip()], system=key.sender
    )
    by_key = {*found.emails.values(), *found.external_ids.values()}
    ids = by_key if ref.id is None else matching.standing([ref.id]).values()
    lead = _known(key.acts_as, outcome).filter(pk__in=ids).order_by("pk").first()
    if lead is None:
        raise Http404
    return lead


def _known(user, outcome):
    """As on the pages: a rep may claim whom they met, also if they see only then who it is."""
    known = inbox.known(user)
    if outcome == "claim" and user.is_rep:
        known |= Lead.objects.filter(stage__in=sources("claim"))
    return known


def _checked(lead, said, user):
    """The arguments of the move, through the form that people fill in."""
    typed = said.model_dump(mode="json", exclude={"lead", "outcome"}, exclude_none=True)
    form = actions.form(said.outcome, typed, leads=[lead], user=user)
    if form.is_valid():
        return form.cleaned_data
    errors = [(name, str(words)) for name, found in form.errors.items() for words in found]
    raise ApiError(422, f"{errors[0][0]}: {errors[0][1]}", errors)
