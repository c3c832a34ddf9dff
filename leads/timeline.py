"""What happened to a lead, newest first: activities, notes and events in one list."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import BadRequest
from django.db.models import F, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.bot_words import class_words
from leads.lifecycle import Stage
from leads.models import Activity, Lead, LeadEvent
from leads.perform import transitions
from leads.querysets import AnyOf
from leads.telling import did, kind_icon
from leads.words import HAPPENED, clock_words, moved_words, reason_words

SIZE = 20
SHOWS = {
    "all": gettext_lazy("All"),
    "stages": gettext_lazy("Stages"),
    "done": gettext_lazy("Activities"),
}
ACTIVITY, EVENT = 0, 1


@dataclass
class Moment:
    """One line: what, then who and why beneath it."""

    at: datetime
    kind: int
    pk: int
    icon: str
    title: str
    lines: list[str] = field(default_factory=list)
    undone: bool = False
    may_be: str = ""  # the class that a person may give an activity instead

    @property
    def place(self):
        return (self.at, self.kind, self.pk)


@dataclass
class Timeline:
    shows: str
    moments: list[Moment]
    older: str  # cursor, "" at the end


def timeline(lead_id, *, shows="all", older="", size=SIZE):
    """A page of at most `size` moments before the cursor `older`; in two queries, and one more to
    tell the story of leads that were merged into this one, too."""
    before = _parsed(older) if older else None
    found = []
    if shows != "stages":
        found += [activity_moment(one) for one in _some(ACTIVITY, lead_id, before, size)]
    if shows != "done":
        events = _some(EVENT, lead_id, before, size)
        others = Lead.objects.in_bulk({one.lead_id for one in events} - {lead_id})
        found += [_event(one, others.get(one.lead_id)) for one in events]
    found.sort(key=lambda moment: moment.place, reverse=True)
    more, found = len(found) > size, found[:size]
    last = found[-1] if more else None
    return Timeline(shows, found, f"{last.at.isoformat()}~{last.kind}~{last.pk}" if last else "")


def activity_moment(row):
    """The line of one activity."""
    title = row.subject if row.kind == "note" else did(row.kind, row.subject)
    if row.kind == "call" and "reached" in row.properties:
        title += ", " + (_("reached") if row.properties["reached"] else _("no answer"))
    who = row.by.display_name if row.by else ""
    if row.kind == "note" and not title:
        title, who = _("Note by %(who)s") % {"who": who} if who else _("Note"), ""
    lines = [": ".join(filter(None, [who, row.body]))] if row.body or who else []
    lines += filter(None, [class_words(row)])
    may_be = "" if row.by_id or row.kind == "note" else _OTHER[row.actor_class]
    return Moment(
        row.happened_at, ACTIVITY, row.pk, kind_icon(row.kind), title, lines, may_be=may_be
    )


def _some(kind, lead_id, before, size):
    if kind == ACTIVITY:
        rows = Activity.objects.filter(lead=lead_id).select_related("by")
    else:
        both = Lead.objects.filter(Q(pk=lead_id) | Q(merged_into=lead_id)).values("pk")
        rows = LeadEvent.objects.filter(AnyOf(F("lead_id"), ArraySubquery(both)))
        rows = rows.exclude(~Q(lead=lead_id), name__in=["merged", "unmerged"])  # each tells of both
        rows = rows.select_related("actor", "undone_by")
    rows = rows.order_by("-happened_at", "-pk")
    if before:
        at, other, pk = before
        earlier = Q(happened_at__lt=at)
        if kind == other:
            earlier |= Q(happened_at=at, pk__lt=pk)
        elif kind < other:
            earlier |= Q(happened_at=at)
        rows = rows.filter(earlier, happened_at__lte=at)
    return rows[: size + 1]


def _event(row, merged=None):
    """`merged`: the lead that it is of, when that became part of this one."""
    known = transitions().get(row.name)
    plain = HAPPENED.get(row.name) or row.name.replace("_", " ").capitalize()
    done = known.custom["done"] if known else plain
    who = row.actor.display_name if row.actor else _("the system")
    moved = moved_words(row)
    title = _("%(what)s, by %(who)s") % {"what": moved or done, "who": who}
    said = done if moved and not moved.endswith(done) else ""
    lines = [", ".join(filter(None, [said, reason_words(row)]))]
    lines.append(clock_words(row))
    lines.append(f"“{row.note}”" if row.note else "")
    if other := row.details.get("other_said"):
        lines.append(_("The other lead: %(other)s") % {"other": other})
    if merged:
        lines.append(_("of %(lead)s, merged into this lead") % {"lead": merged.title})
    icon = _STAGE_ICONS.get(row.target) or _ICONS.get(row.name, "circle-dot")
    lines = [line for line in lines if line]
    return Moment(row.happened_at, EVENT, row.pk, icon, title, lines, hasattr(row, "undone_by"))


def _parsed(text):
    try:
        at, kind, pk = text.split("~")
        moment = parse_datetime(at)
        if moment is None or moment.tzinfo is None:
            raise ValueError(at)
        return moment, int(kind), int(pk)
    except ValueError as error:
        raise BadRequest(_("This part of the timeline does not exist.")) from error


_OTHER = {"human": "bot", "suspected": "human", "bot": "human"}
_ICONS = {
    "merged": "git-merge",
    "unmerged": "git-compare",
    "answered": "message",
    "disputed": "message-report",
    "settled": "writing-sign",
    "warned": "hourglass",
    "breached": "alert-octagon",
    "review_overdue": "alert-octagon",
    "not_shown": "alert-octagon",
    "exported": "download",
    "erased": "trash",
}
_STAGE_ICONS = {
    Stage.UNQUALIFIED: "circle-dashed",
    Stage.MQL: "filter-check",
    Stage.HANDED_OFF: "send",
    Stage.SAL: "user-check",
    Stage.SQL: "target-arrow",
    Stage.CUSTOMER: "trophy",
    Stage.NURTURE: "plant-2",
    Stage.DISQUALIFIED: "circle-x",
    Stage.LOST: "circle-minus",
}
