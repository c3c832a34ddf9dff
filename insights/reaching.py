"""Did sales try often enough, and soon enough, before it called a lead unreachable?"""

from collections import defaultdict
from datetime import timedelta

from accounts.schedules import schedules
from handoff import attempts
from leads.models import Cycle

MOST_DAYS = 366


def within(agreement, since, until, hours):
    """(how many in time, of how many) leads that were given back as unreachable in the period.

    In time: the agreed attempts, within the agreed working days of whoever took the lead, counted
    from the day after it was taken. `hours`: of the agreement, where nobody took it.
    """
    given_back = Cycle.objects.filter(
        outcome=Cycle.Outcome.RECYCLED,
        reason=attempts.UNREACHABLE,
        closed_at__gte=since,
        closed_at__lt=until,
    ).select_related("accepted_by")
    cycles = list(given_back)
    tried = _attempts([cycle.lead_id for cycle in cycles])
    takers = {cycle.accepted_by for cycle in cycles if cycle.accepted_by}
    people = schedules(takers, agreement.calendar)
    good = 0
    for cycle in cycles:
        begun = cycle.accepted_at or cycle.opened_at
        schedule = people.get(cycle.accepted_by_id, hours)
        last = _last_day(schedule, begun, agreement.attempt_days)
        made = [at for at in tried[cycle.lead_id] if cycle.opened_at <= at <= cycle.closed_at]
        soon = [at for at in made if at.astimezone(schedule.zone).date() <= last]
        good += len(soon) >= agreement.attempts
    return good, len(cycles)


def _attempts(lead_ids):
    """{lead id: moments of its attempts}; see handoff/attempts.py for what counts as one."""
    found = defaultdict(list)
    calls = attempts.calls().filter(lead__in=lead_ids)
    logged = attempts.logged().filter(lead__in=lead_ids)
    for lead_id, at in [
        *calls.values_list("lead", "held_at"),
        *logged.values_list("lead", "happened_at"),
    ]:
        found[lead_id].append(at)
    return found


def _last_day(schedule, begun, days):
    """The local day that is so many working days after the one on which it began."""
    day = begun.astimezone(schedule.zone).date()
    for _ in range(MOST_DAYS):
        if days <= 0:
            break
        day += timedelta(days=1)
        days -= bool(schedule.week[day.weekday()]) and day not in schedule.closed
    return day
