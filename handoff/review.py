"""The review queue: MQLs best first, by tab; and one lead with all that decides about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, F, FilteredRelation, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from handoff import panel
from handoff.definition import IN_FORCE, DataMissing, definition
from leads import activities
from leads.lifecycle import CUSTOMER, HANDED_OFF, MQL, NURTURE, SAL, SQL, Stage
from leads.models import Activity, Lead
from leads.querysets import CountOf
from leads.telling import did
from scoring import scores, words
from scoring.since import RecordedSince

PAGE, MOST = 20, 50_000  # more than fits a screen; the next page comes before its end is reached
TABS = {"ready": _("Ready"), "recycled": _("Recycled"), "missing": _("Missing data")}
_ACTIVE = [MQL, HANDED_OFF, SAL, SQL, NURTURE, CUSTOMER]


@dataclass(frozen=True)
class Tab:
    code: str
    label: str
    count: int
    active: bool


@dataclass(frozen=True)
class Queue:
    """One page of a tab. `more`: where the next page begins, "" when this is the last."""

    rows: list[Lead]
    tabs: list[Tab]
    more: str
    in_force: int | None  # id of the agreement

    @property
    def tab(self):
        return next(tab for tab in self.tabs if tab.active)


def queue(user, tab, after="", *, size=PAGE):
    """The rows of a tab beyond `after`, with the counts of all tabs."""
    rows = _rows(_counted(_beyond(in_tab(user, tab), after), user), size + 1)
    facts = rows[0] if rows else _counted(User.objects.filter(pk=user.pk), user).get()
    counts = [facts.n_all - facts.n_missing, facts.n_recycled, facts.n_missing]
    tabs = [
        Tab(code, str(label), count, code == tab)
        for (code, label), count in zip(TABS.items(), counts, strict=True)
    ]
    return Queue(rows[:size], tabs, _more(rows, size), facts.in_force)


def further(user, tab, after):
    """The next rows alone: the tabs with their counts are on the page already."""
    rows = _rows(_beyond(in_tab(user, tab), after).annotate(in_force=IN_FORCE), PAGE + 1)
    return Queue(rows[:PAGE], [], _more(rows, PAGE), rows[0].in_force if rows else None)


def in_tab(user, tab):
    """Best first. Ready: nothing that the agreement requires is missing."""
    leads = Lead.objects.visible_to(user).filter(stage=MQL)
    if tab == "recycled":
        leads = leads.filter(cycles__outcome="open", cycles__origin="recycled")
    else:
        leads = leads.filter(DataMissing() if tab == "missing" else ~DataMissing())
    return leads.order_by("-score", "-pk")


def queue_after(user, tab, lead):
    """The queue from the lead on that takes the place of one which left; at the end, the last."""
    found = queue(user, tab, _place(lead), size=1)
    if found.rows or not found.tab.count:
        return found
    return replace(found, rows=_rows(_counted(in_tab(user, tab).reverse(), user), 1))


def opened(user, pk, *, now, in_force=None):
    """One lead with checklist, ledger, activities, colleagues and receiver; two queries.

    Raises Lead.DoesNotExist for what this person may not see.
    """
    found = definition(in_force)
    leads = Lead.objects.visible_to(user).select_related("company", "owner", "team")
    leads = _with_cycle(panel.judged(leads, found, now)).annotate(
        did=_last_activities(),
        colleagues=_colleagues(),
        goes_to=_serving_team(),
        recorded_since=RecordedSince(),
        classes=activities.classes_of_lead(),
    )
    lead = leads.get(pk=pk)
    for one in lead.did:
        one["at"] = datetime.fromisoformat(one["at"])
        one["words"] = did(one["kind"], one["subject"])
    for one in lead.colleagues:
        one["name"] = f"{one['first']} {one['last']}".strip() or one["email"]
        one["label"] = Stage(one["stage"]).label
    lead.found = found
    lead.checks = panel.checklist(lead, found)
    lead.required = panel.required(lead, found)
    lead.missing = [line for line in lead.required if line.state == "missing"]
    lead.present = len(lead.required) - len(lead.missing)
    if found is None or found.agreement.is_draft:
        lead.missing.insert(0, panel.Line("missing", str(_("An agreement in force"))))
    rulebook = found and found.rulebook
    lead.ledger = scores.ledger(lead, rulebook=rulebook, since=lead.recorded_since)
    lead.first_line = words.first_line(lead, lead.ledger, last_at=activities.last_at(lead), now=now)
    lead.decides_by = now + timedelta(hours=found.agreement.decide_hours) if found else None
    return lead


def _rows(leads, size):
    rows = list(_with_cycle(leads.select_related("company"))[:size])
    found = definition(rows[0].in_force) if rows else None
    why = words.why(rows, found and found.rulebook)
    for row in rows:
        row.why = why.get(row.pk, "")
    return rows


def _counted(rows, user):
    """Ready is what remains, so that only the incomplete ones are looked for."""
    reviewed = Lead.objects.visible_to(user).filter(stage=MQL)
    return rows.annotate(
        in_force=IN_FORCE,
        n_all=CountOf(reviewed, MOST),
        n_recycled=CountOf(in_tab(user, "recycled"), MOST),
        n_missing=CountOf(in_tab(user, "missing"), MOST),
    )


def _with_cycle(leads):
    """The open cycle's origin, and the score with which it began."""
    return leads.annotate(
        cycle=FilteredRelation("cycles", condition=Q(cycles__outcome="open")),
        origin=F("cycle__origin"),
        score_then=F("cycle__score"),
        cycle_number=F("cycle__number"),
    )


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
    return leads.filter(Q(score__lt=score) | Q(pk__lt=pk), score__lte=score)


def _last_activities():
    mine = Activity.objects.filter(lead=OuterRef("pk"), actor_class="human")
    said = JSONObject(kind="kind", subject="subject", at="happened_at")
    return ArraySubquery(mine.order_by("-happened_at", "-pk").values(said=said)[:5])


def _colleagues():
    others = Lead.objects.filter(company=OuterRef("company"), stage__in=_ACTIVE)
    others = others.exclude(pk=OuterRef("pk")).order_by("-score", "-pk")
    said = JSONObject(
        pk="pk", first="first_name", last="last_name", email="email", grade="grade", stage="stage"
    )
    return ArraySubquery(others.values(said=said)[:4])


def _serving_team():
    """As routing: the first team that names the country, else the first that names none."""
    named = Q(countries__contains=[OuterRef("country")])
    teams = Team.objects.filter(named | Q(countries=[]), side="sales")
    first = teams.order_by(Case(When(countries=[], then=1), default=0), "pk")
    return Subquery(first.values("name")[:1], output_field=CharField())
