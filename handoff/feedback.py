"""What sales told us: decisions about leads that marketing sent, what is due first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import answering
from handoff.decisions import DISPUTABLE
from handoff.giving_back import learns
from handoff.models import Decision, Discovery, Reason, Response
from leads import paging
from leads.perform import transitions
from leads.querysets import CountOf
from leads.words import reason_words

SIZE, MOST = 20, 1_000
TABS = {
    "waiting": _("To answer"),
    "told": _("All decisions"),
    "disputes": _("To settle"),
    "content": _("Content"),
}
_ORDER = {"waiting": "due_at", "told": "-decided_at", "disputes": "decided_at"}
_WAITING = Q(due_at__isnull=False, answered_at=None)
_DISPUTED = Q(event__response__kind=Response.Kind.DISPUTE, event__response__settlement="")


@dataclass(frozen=True)
class Tab:
    code: str
    label: str
    count: int | None
    active: bool


def decisions(user, tab="told", *, everybodys=False):
    """Of the leads that this person sent, or of all; disputes wait for whoever settles them."""
    found = Decision.objects.all()
    if tab == "waiting":
        found = found.filter(_WAITING)
    if tab == "disputes":
        return found.filter(_DISPUTED)
    return found if everybodys else found.filter(marketer=user)


def waiting_for(user):
    """What this person has to do here: answers that are due, and disputes for who settles them."""
    if user.has_perm("handoff.sign_for_sales"):
        return decisions(user, "disputes")
    return decisions(user, "waiting")


def tabs(user, active, *, everybodys):
    """Tabs with how much waits in them, in one query."""
    counted = {
        name: CountOf(decisions(user, name, everybodys=everybodys), MOST)
        for name in ("waiting", "disputes")
    }
    row: Any = User.objects.filter(pk=user.pk).values(**counted).get()
    return [Tab(code, str(label), row.get(code), code == active) for code, label in TABS.items()]


def listed(user, tab, *, everybodys, after="", before=""):
    """One page of decisions (leads.paging.Page), each with all that its card tells."""
    found = decisions(user, tab, everybodys=everybodys)
    rows = _with_facts(Decision.objects.all())
    page = paging.page(found, _ORDER[tab], rows=rows, after=after, before=before, size=SIZE)
    equip(page.rows, user)
    return page


def one(user, event_id):
    """The decision of this event with all that its card tells, or None."""
    row = _with_facts(Decision.objects.filter(event=event_id)).first()
    equip([row] if row else [], user)
    return row


def equip(rows, user):
    """Give each row its words, the call that caused it, and what this person may do with it."""
    calls = _calls(rows)
    for row in rows:
        event = row.event
        row.done = transitions()[event.name].custom["done"]
        row.reason = reason_words(event)
        row.other, row.other_said = (event.details.get(one) for one in ("other", "other_said"))
        row.learns = learns(row.teaches or "") if event.reason else ""
        row.call = calls.get((event.lead_id, event.happened_at))
        row.response = getattr(event, "response", None)
        row.may_dispute = event.name in DISPUTABLE
        row.may_settle = bool(
            row.response
            and row.response.kind == Response.Kind.DISPUTE
            and not row.response.settlement
            and answering.may_settle(row.response, user)
        )


def _with_facts(found):
    return found.annotate(teaches=_teaches()).select_related(
        "marketer",
        "event__actor",
        "event__lead__company",
        "event__response__by",
        "event__response__settled_by",
    )


def _calls(rows):
    """{(lead, moment): the discovery call}: a decision that a call caused has its moment."""
    if not rows:
        return {}
    moments = [row.event.happened_at for row in rows]
    calls = Discovery.objects.filter(
        lead__in=[row.event.lead_id for row in rows], held_at__in=moments
    )
    return {(call.lead_id, call.held_at): call for call in calls}


def _teaches():
    """What the reason teaches, as a column; the newest agreement that knows the code decides."""
    known = Reason.objects.filter(code=OuterRef("event__reason")).order_by("-agreement__version")
    return Subquery(known.values("teaches")[:1])
