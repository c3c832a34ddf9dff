"""The review queue: the leads of a view, best first, and how many stand in each view."""

from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db.models import F, FilteredRelation, Q
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff import presence
from handoff.definition import IN_FORCE, definition
from handoff.models import ReviewEntry
from handoff.routing_targets import rules_asked, rules_told
from leads.models import Lead
from leads.querysets import CountOf
from scoring import words

PAGE = 15  # more than fits a screen; the next page comes before its end is reached
MOST = 1_000  # leads that a tab counts
View = ReviewEntry.View
SNOOZED = "snoozed"  # beside the views: who left one for a while
TABS = {
    "ready": gettext_lazy("Ready"),
    "near": gettext_lazy("Near the band"),
    "fell": gettext_lazy("Fell below"),
    "recycled": gettext_lazy("Recycled"),
    "vetoed": gettext_lazy("Vetoed"),
    "missing": gettext_lazy("Missing data"),
    SNOOZED: gettext_lazy("Snoozed"),
}


@dataclass(frozen=True)
class Tab:
    code: str
    label: str
    count: int  # MOST + 1: more than that
    active: bool

    @property
    def count_words(self):
        return f"{MOST:,}+" if self.count > MOST else f"{self.count:,}"


@dataclass(frozen=True)
class Queue:
    """One page of a tab. `more`: where the next page begins, "" when this is the last."""

    rows: list[Lead]
    tabs: list[Tab]
    more: str
    in_force: int | None  # id of the agreement
    rules: list | None = None  # of routing, as active_rules

    @property
    def tab(self):
        return next(tab for tab in self.tabs if tab.active)


def queue(user, tab, after="", *, now, size=PAGE):
    """The rows of a tab beyond `after`, with the counts of all tabs."""
    rows = _rows(_counted(_beyond(in_tab(user, tab, now), after), now), size + 1, user, now)
    facts = rows[0] if rows else _counted(User.objects.filter(pk=user.pk), now).get()
    tabs = [
        Tab(code, str(label), getattr(facts, f"n_{code}"), code == tab)
        for code, label in TABS.items()
    ]
    rules = rules_told(facts.routing)
    return Queue(rows[:size], tabs, _more(rows, size), facts.in_force, rules)


def further(user, tab, after, *, now):
    """The next rows alone: the tabs with their counts are on the page already."""
    found = _beyond(in_tab(user, tab, now), after).annotate(in_force=IN_FORCE)
    rows = _rows(found, PAGE + 1, user, now)
    return Queue(rows[:PAGE], [], _more(rows, PAGE), rows[0].in_force if rows else None)


def in_tab(user, tab, now):
    """Best first, as their entries stand in the index."""
    leads = Lead.objects.visible_to(user).filter(_in_view(tab, now, "review__"))
    return leads.order_by("-review__score", "-review__lead_id")


def queue_after(user, tab, lead, *, now):
    """The queue from the lead on that takes the place of one which left; at the end, the last."""
    found = queue(user, tab, _place(lead), now=now, size=1)
    if found.rows or not found.tab.count:
        return found
    last = _counted(in_tab(user, tab, now).reverse(), now)
    return replace(found, rows=_rows(last, 1, user, now))


def with_cycle(leads):
    """The open cycle's origin, and the score with which it began."""
    return leads.annotate(
        cycle=FilteredRelation("cycles", condition=Q(cycles__outcome="open")),
        origin=F("cycle__origin"),
        score_then=F("cycle__score"),
        cycle_number=F("cycle__number"),
    )


def _rows(leads, size, user, now):
    rows = list(with_cycle(leads.select_related("company", "review__seen_by"))[:size])
    found = definition(rows[0].in_force) if rows else None
    why = words.why(rows, found and found.rulebook)
    for row in rows:
        row.why = why.get(row.pk, "")
        row.told = _told(row, found)
        row.watcher = presence.watcher(row.review, user, now=now)
    return rows


def _told(row, found):
    """Why it stands in this view, or "" where points say it."""
    if row.review.veto and row.review.view == View.VETOED:
        return _("veto: %(name)s") % {"name": row.review.veto}
    if row.review.view == View.MISSING and found:
        lacks = [str(one) for one in found.missing(row)] or [_("BANT answers")]
        return _("missing: %(what)s") % {"what": ", ".join(map(str, lacks))}
    if row.review.view != View.FELL:
        return ""
    if row.score_then is None or row.score >= row.score_then:
        return _("no path of the agreement holds any more")
    said = {"then": floatformat(row.score_then, -2), "now": floatformat(row.score, -2)}
    return _("fell from %(then)s to %(now)s since queued") % said


def _counted(rows, now):
    """Whoever may review may see every lead, so a count reads the index and nothing else."""
    counts = {
        f"n_{code}": CountOf(ReviewEntry.objects.filter(_in_view(code, now)), MOST + 1)
        for code in TABS
    }
    return rows.annotate(in_force=IN_FORCE, routing=rules_asked(now), **counts)


def _in_view(tab, now, path=""):
    later = Q(**{f"{path}snoozed_until__gt": now})
    if tab == SNOOZED:
        return later
    awake = Q(**{f"{path}snoozed_until": None}) | Q(**{f"{path}snoozed_until__lte": now})
    return Q(**{f"{path}view": tab}) & awake


def _more(rows, size):
    return _place(rows[size - 1]) if len(rows) > size else ""


def _place(lead):
    return f"{lead.score}_{lead.pk}"


def _beyond(leads, place):
    try:
        score, pk = place.split("_")
        score, pk = Lead._meta.get_field("score").clean(score, None), int(pk)
    except (ValueError, ValidationError):
        return leads
    below = Q(review__score__lt=score) | Q(review__lead_id__lt=pk)
    return leads.filter(below, review__score__lte=score)
