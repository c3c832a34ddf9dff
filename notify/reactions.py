"""Who is told of an event, and what. Run twice, it tells once; what was undone is told no more.

An offer to a team is told to each of its reps, and no more to those who have not read it once the
offer is over: somebody took it, or it went elsewhere.
"""

from datetime import timedelta

from django.utils.text import Truncator

from accounts.models import User
from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import seats
from handoff.models import Handoff
from leads.lifecycle import HANDED_OFF
from leads.models import LeadEvent
from notify import sentences
from notify.models import Notice

Kind = Notice.Kind
NEWS = timedelta(days=7)  # what is older, a worker that was down for long does not tell any more
LONGEST = 500  # characters


def tell(event_ids, *, now):
    """Write the notices of these events; nobody is told of what they did themselves."""
    fresh = LeadEvent.objects.filter(pk__in=event_ids, undone_by=None, happened_at__gte=now - NEWS)
    events = list(fresh.select_related("lead", "actor", "decision"))
    handoffs, managers, teams = _handoffs(events), _managers(events), _teams(events)
    notices = []
    for event in events:
        handoff = handoffs.get(event.details.get("handoff"))
        for kind, user in set(_whom(event, handoff, managers, teams)):
            if user and user != event.actor_id:
                notices.append(_notice(event, kind, user, handoff, now))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    # Read after writing: what ended meanwhile, or was undone, is noticed here or by its own event.
    over = _to_teams([event.lead_id for event in events]).exclude(state=_PENDING)
    _withdraw(over.values("event"))
    undone = LeadEvent.objects.filter(pk__in=event_ids, undone_by__isnull=False)
    _withdraw(undone.values("pk"))


def withdraw(event_ids, *, now):
    """These events are undos: what they undo was told in vain, where it is not read yet; and what
    is offered to a team again is told again."""
    _withdraw(LeadEvent.objects.filter(undone_by__in=event_ids).values("pk"))
    leads = LeadEvent.objects.filter(pk__in=event_ids).values("lead")
    again = list(_to_teams(leads).filter(state=_PENDING).values_list("event", flat=True))
    if again:
        tell(again, now=now)


def _whom(event, handoff, managers, teams):
    """(kind, user id) of all who are told."""
    said = event.details
    if hasattr(event, "decision"):
        yield Kind.DECIDED, event.decision.marketer_id
    if _is_offer(event):
        yield from ((Kind.OFFERED, user) for user in teams.get(_team(event), [said.get("owner")]))
    if event.name in ("answered", "disputed"):
        yield Kind.ANSWERED, said["decided_by"]
    if event.name == "settled":
        yield Kind.SETTLED, said["decided_by"]
        yield Kind.SETTLED, said["disputed_by"]
    if event.name == "warned" and handoff:
        yield Kind.WARNED, handoff.to_user_id or event.lead.owner_id  # who took it from the team
    for kind, role in _MANAGERS.get(event.name, []):
        yield from ((kind, user) for user in managers[role])


def _notice(event, kind, user, handoff, now):
    text = Truncator(sentences.sentence(event, kind, handoff)).chars(LONGEST)
    url = sentences.place(event, kind)
    return Notice(user_id=user, event=event, kind=kind, text=text, url=url, created_at=now)


def _is_offer(event):
    return event.name in ("hand_off", "reassign") or event.target == HANDED_OFF


def _team(event):
    """To whom it is offered together; None: to one person, or to nobody."""
    said = event.details
    offered = _is_offer(event) and said.get("owner") is None
    return said.get("team") if offered else None


def _to_teams(leads):
    return Handoff.objects.filter(lead__in=leads, to_user=None)


def _withdraw(events):
    Notice.objects.filter(event__in=events, read_at=None).delete()


def _handoffs(events):
    ids = {event.details["handoff"] for event in events if "handoff" in event.details}
    return Handoff.objects.select_related("to_user", "to_team").in_bulk(ids) if ids else {}


def _teams(events):
    """{team: ids of its reps}, of the teams that something is offered to together."""
    found: dict[int, list[int]] = {pk: [] for event in events if (pk := _team(event))}
    if found:
        for pk, team in seats.reps().filter(team__in=found).values_list("pk", "team"):
            found[team].append(pk)
    return found


def _managers(events):
    """{role: ids of its people}, of the roles that these events are told to."""
    roles = {role for event in events for _kind, role in _MANAGERS.get(event.name, [])}
    found: dict[str, list[int]] = {role: [] for role in roles}
    if roles:
        people = User.objects.filter(is_active=True, groups__name__in=roles)
        for pk, role in people.values_list("pk", "groups__name"):
            found[role].append(pk)
    return found


_PENDING = Handoff.State.PENDING
_MANAGERS = {
    "disputed": [(Kind.DISPUTED, SALES_MANAGER)],
    "breached": [(Kind.BREACHED, SALES_MANAGER)],
    "review_overdue": [(Kind.BREACHED, MARKETING_MANAGER)],
    "not_shown": [(Kind.BREACHED, MARKETING_MANAGER), (Kind.BREACHED, SALES_MANAGER)],
}
