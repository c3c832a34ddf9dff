"""A customer left: when and why, as customer success heard it. The stage stays; reports know."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.utils import timezone

from handoff import reasons
from handoff.models import Churn
from leads import deliver
from leads.changes import recording
from leads.lifecycle import CUSTOMER
from leads.models import Company, Lead, LeadEvent
from leads.noting import note_event
from leads.refusals import Conflict, Missing
from leads.words import conflict_words, reason_words


@dataclass(frozen=True)
class Left:
    churned_on: date
    why: str
    note: str
    by: str


@transaction.atomic
def record(lead, *, churned_on, by, now, reason, note="", detail="", **_):
    """Write it beside its event. Raises a Refusal: no customer, no reason, or told before."""
    lead = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
    if lead.stage != CUSTOMER:
        raise Conflict(conflict_words([lead], now)[lead.pk])
    said = {"reason": reason, "note": note, "detail": detail}
    reasons.given("churn", said, reasons.latest_agreement(), now)
    if churned_on > timezone.localdate(now):
        raise Missing("That day has not come yet.", field="churned_on")
    details = {"detail": detail, "churned_on": churned_on.isoformat()}
    event = note_event(lead, "churned", by=by, now=now, reason=reason, note=note, details=details)
    churn = _once(lead, event, churned_on=churned_on, reason=reason, note=note, by=by)
    _no_longer_customer(lead, now)
    deliver.announce("changed")
    return churn


def column():
    """When, why and who says so, as a column of leads, read by `told`."""
    rows = Churn.objects.filter(lead=OuterRef("pk")).order_by("-churned_on")
    said = JSONObject(
        on="churned_on",
        reason="reason",
        detail=KeyTextTransform("detail", "event__details"),
        note="note",
        first="by__first_name",
        last="by__last_name",
    )
    return ArraySubquery(rows.values(said=said))


def told(lead):
    """Each time that a lead with its `column` left, the newest first."""
    return [
        Left(
            date.fromisoformat(one["on"]),
            reason_words(LeadEvent(reason=one["reason"], details={"detail": one["detail"]})),
            one["note"],
            f"{one['first']} {one['last']}".strip(),
        )
        for one in lead.left
    ]


def _once(lead, event, **columns):
    try:
        with transaction.atomic():
            return Churn.objects.create(lead=lead, event=event, **columns)
    except IntegrityError:
        words = "It is recorded already that they left on that day."
        raise Missing(words, field="churned_on") from None


def _no_longer_customer(lead, now):
    """Of a company with other people who are customers, one left and the company did not."""
    others = Lead.objects.filter(company=lead.company_id, stage=CUSTOMER, churns=None)
    if lead.company_id is None or others.exclude(pk=lead.pk).exists():
        return
    company = Company.objects.get(pk=lead.company_id)
    with recording("churned", now):
        company.relationship = Company.Relationship.FORMER
        company.save(update_fields=["relationship"])
