"""A lead and a cycle as other systems get them, and which of them have changed since."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from pydantic import Field

from leads.api_words import Told
from leads.lifecycle import Stage
from leads.models import Cycle, FieldChange, Lead

SETTLED = timedelta(minutes=1)  # clocks of several servers differ


class CompanyTold(Told):
    id: int
    name: str
    domain: str
    industry: str
    employees: int | None
    country: str
    city: str


class ExternalIdTold(Told):
    system: str
    value: str


class LeadTold(Told):
    id: int
    email: str
    phone: str
    external_id: str
    external_ids: list[ExternalIdTold]
    first_name: str
    last_name: str
    job_title: str
    city: str
    country: str
    company: CompanyTold | None
    interest: str
    source: str
    campaign: str | None
    consent_basis: str
    do_not_contact: bool
    attributes: dict[str, str | bool | int | float]
    stage: Stage
    stage_at: datetime
    owner: str | None = Field(description="Email address of the rep.")
    team: str | None
    due_at: datetime | None
    hold: str
    hold_until: datetime | None
    score: float
    fit: float
    engagement: float
    grade: str
    scored_at: datetime | None
    merged_into: int | None = Field(description="The lead that it turned out to be.")
    created_at: datetime


class CycleTold(Told):
    id: int
    lead: int
    number: int
    origin: Cycle.Origin
    source: str
    campaign: int | None
    score: float
    grade: str
    agreement: int | None = Field(description="Version of the agreement.")
    opened_at: datetime
    handed_off_at: datetime | None
    handoffs: int
    accepted_at: datetime | None
    accepted_by: str | None
    qualified_at: datetime | None
    closed_at: datetime | None
    outcome: Cycle.Outcome
    reason: str
    amount: float | None


class LeadPage(Told):
    items: list[LeadTold]
    next: str | None = Field(description="`cursor` of the next page; null: this was the last.")
    as_of: datetime = Field(description="`changed_since` of your next run, if this is page one.")


class CyclePage(Told):
    items: list[CycleTold]
    next: str | None = Field(description="`cursor` of the next page; null: this was the last.")


def leads(key):
    """The leads that a key may see: those of the person it acts as, else all."""
    return Lead.objects.visible_to(key.acts_as) if key.acts_as else Lead.objects.all()


def with_all(rows):
    joined = rows.select_related("company", "campaign", "owner", "team", "attributes")
    return joined.prefetch_related("external_ids")


def changed_since(moment):
    """Leads that were born, moved or scored since then, or of which a fact has changed."""
    changes = FieldChange.objects.filter(recorded_at__gte=moment)
    own = changes.filter(subject__in=["lead", "attr"]).values("subject_id")
    companies = changes.filter(subject="company").values("subject_id")
    return (
        Q(created_at__gte=moment)
        | Q(stage_at__gte=moment)
        | Q(scored_at__gte=moment)
        | Q(pk__in=own)
        | Q(company__in=companies)
    )


def as_of(now):
    """Up to when all that happened can be seen: what still runs may bear an earlier moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        )
        (begun,) = cursor.fetchone()
    return min(now, begun or now) - SETTLED


def tell(lead):
    company, attributes = lead.company, getattr(lead, "attributes", None)
    return {
        **{name: getattr(lead, name) for name in _OWN},
        "external_ids": [
            {"system": one.system, "value": one.value} for one in lead.external_ids.all()
        ],
        "company": company and {name: getattr(company, name) for name in _COMPANY},
        "campaign": lead.campaign and lead.campaign.name,
        "attributes": attributes.values if attributes else {},
        "owner": lead.owner and lead.owner.email,
        "team": lead.team and lead.team.name,
        "merged_into": lead.merged_into_id,
    }


def tell_cycle(cycle):
    return {
        **{name: getattr(cycle, name) for name in _CYCLE},
        "lead": cycle.lead_id,
        "campaign": cycle.campaign_id,
        "accepted_by": cycle.accepted_by and cycle.accepted_by.email,
    }


def _names(told, *others):
    return [name for name in told.model_fields if name not in others]


_OWN = _names(
    LeadTold, "external_ids", "company", "campaign", "attributes", "owner", "team", "merged_into"
)
_COMPANY = _names(CompanyTold)
_CYCLE = _names(CycleTold, "lead", "campaign", "accepted_by")
