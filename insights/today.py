"""What Today shows: my queues, what came of it this month, what sales said."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from leads.models import Lead, LeadEvent
from leads.querysets import CountOf, Passed
from leads.words import reason_words

SAID = 6
MANY = 100_000


@dataclass(frozen=True)
class Number:
    label: str
    value: int
    url: str


def figures(user, month):
    """Four numbers since the moment `month`, and the sizes of this person's queues; in one query.

    Each opens the list of exactly the leads that it counts.
    """
    passed = _passed(user, month)
    queues = _queues(user)
    counted = {f"n_{name}": CountOf(found, MANY) for name, found in {**passed, **queues}.items()}
    row: Any = User.objects.filter(pk=user.pk).values(**counted).get()
    since = month.date().isoformat()
    # Nobody's leads are counted as null.
    sizes = {name: row[f"n_{name}"] or 0 for name in [*passed, *queues]}
    numbers = [
        Number(str(Passed(name).label), sizes[name], _list(cycle=name, since=since))
        for name in passed
    ]
    waiting = [Number(str(_LABELS[name]), sizes[name], _page(user, name)) for name in queues]
    return numbers, waiting


def told(user):
    """What sales gave back last: events that nobody has undone, each with its reason in words."""
    events = LeadEvent.objects.filter(name="reject", undone_by=None)
    events = events.exclude(
        details__contains={"origin": "import"}
    )  # another system's past is no news
    events = events.filter(lead__in=Lead.objects.visible_to(user))
    events = events.select_related("lead__company", "actor").order_by("-pk")[:SAID]
    return [(event, reason_words(event)) for event in events]


def _passed(user, month):
    leads = Lead.objects.visible_to(user)
    wanted = [Passed.MQL, Passed.ACCEPTED, Passed.SQL, Passed.WON]
    return {what.value: leads.having_passed(what, since=month) for what in wanted}


def _queues(user):
    """{queue: its leads}: a rep's own, everybody else's by what the role works on."""
    seen = Lead.objects.visible_to(user)
    if user.is_manager or not user.is_rep:
        names = _QUEUES["manager" if user.is_manager else "marketer" if user.is_marketer else ""]
        return {name: seen.in_queue(name) for name in names}
    mine = seen.filter(owner=user)
    return {
        "inbox": Lead.objects.offered_to(user),
        "discovery": mine.in_queue("discovery"),
        "pipeline": mine.in_queue("pipeline"),
    }


def _page(user, queue):
    """Review and inbox have pages of their own; the others are views of the list."""
    if queue == "review" or (queue == "inbox" and user.is_rep):
        return reverse(f"handoff:{queue}")
    mine = user.is_rep and not user.is_manager
    return _list(queue=queue, owner="me") if mine else _list(queue=queue)


def _list(**query):
    return f"{reverse('leads:list')}?{urlencode(query)}"


_QUEUES = {
    "manager": ["review", "inbox", "discovery", "pipeline", "nurture", "data"],
    "marketer": ["review", "inbox", "nurture", "data"],
    "": [],
}
_LABELS = {
    "review": gettext_lazy("To review"),
    "inbox": gettext_lazy("Offered to sales"),
    "discovery": gettext_lazy("In discovery"),
    "pipeline": gettext_lazy("In the pipeline"),
    "nurture": gettext_lazy("In nurture"),
    "data": gettext_lazy("Data to fix"),
}
