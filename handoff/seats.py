"""The seats of the sales teams: locked, with all that decides whose turn it is.

Turns are counted under row locks (by team, then id) that are held to the end of the transaction, so
a race cannot give one person two turns while another waits, nor more than the caps allow.
"""

from collections import Counter
from datetime import UTC, timedelta
from math import inf
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Subquery

from accounts.models import User
from accounts.roles import REP
from accounts.schedules import is_working
from handoff import availability
from handoff.models import RotationSeat
from handoff.rotation import Place, Rotation, level, turns_at
from leads import bulk
from leads.lifecycle import HANDED_OFF, SAL
from leads.models import Lead


def reps():
    """The active sales reps, each in a team, by id."""
    return User.objects.filter(is_active=True, groups__name=REP, team__side="sales").order_by("pk")


def locked(team_ids, *, now, counts_work, asks_who_works):
    """{team id: Rotation} of these teams; one without anybody in it is missing.

    `counts_work`: open work decides for some; `asks_who_works`: working hours do.
    """
    seats = _locked(team_ids, now)
    people = [seat.user for seat in seats]
    room = _room(seats, now)
    work = _open_work(people) if counts_work else {}
    places: dict[int, list] = {}
    for seat in seats:
        pk = seat.user_id
        place = Place(
            seat,
            room=room.get(pk, inf),
            open=work.get(pk, 0),
            away=seat.away,
            at_work=not asks_who_works or is_working(availability.hours(seat), now),
        )
        places.setdefault(seat.team_id, []).append(place)
    return {pk: Rotation(theirs[0].seat.team, theirs) for pk, theirs in places.items()}


def save(rotations):
    """Write the turns; who could not take a lead now has kept up with the others."""
    for one in rotations.values():
        one.keep_up()
    seats = [place.seat for one in rotations.values() for place in one.places.values()]
    bulk.update([seat for seat in seats if seat.turns != seat.had], ["turns"])


@transaction.atomic
def change(seat, *, now):
    """Write weight and caps, also of a seat that is not there yet. The level stays: who has more
    weight from now on gets no backlog for the time before."""
    _seat_newcomers([seat.team_id], list(_asked([seat.team_id], now)))
    held = RotationSeat.objects.select_for_update().get(team=seat.team_id, user=seat.user_id)
    seat.pk, seat.turns = held.pk, turns_at(level(held), seat)
    seat._state.adding = False
    seat.save()


def undo_turns(events):
    """What moves cost and gave back is as before these events."""
    turns: Counter = Counter()
    for said in [event.details for event in events]:
        if said.get("rotated"):
            turns[said["to_team"], said["to_user"]] -= 1
        if said.get("credited"):
            turns[tuple(said["credited"])] += 1
    held = RotationSeat.objects.select_for_update().filter(team__in={team for team, _ in turns})
    seats = [s for s in held.order_by("team_id", "pk") if turns[s.team_id, s.user_id]]
    for seat in seats:
        seat.turns = max(seat.turns + turns[seat.team_id, seat.user_id], 0)
    bulk.update(seats, ["turns"])


def _locked(team_ids, now):
    """Every rep of these teams has a seat, and it is ours until the transaction ends."""
    seats = list(_asked(team_ids, now))
    sitting = Counter(seat.team_id for seat in seats)
    if any(seat.size != sitting[seat.team_id] for seat in seats) or set(team_ids) - sitting.keys():
        _seat_newcomers(team_ids, seats)
        seats = list(_asked(team_ids, now))
    for seat in seats:
        seat.had = seat.turns
    return seats


def _asked(team_ids, now):
    theirs = reps().filter(team=OuterRef("team")).order_by().values("team")
    return (
        RotationSeat.objects.select_for_update(of=("self",))
        .select_related("user", "team")
        .filter(team__in=sorted(team_ids), user__in=reps(), user__team=F("team"))
        .annotate(
            size=Subquery(theirs.annotate(n=Count("pk")).values("n")),
            away=availability.is_away(now, "user"),
            **availability.hours_told(),
        )
        .order_by("team", "pk")
    )


def _seat_newcomers(team_ids, seats):
    """Level with who had the fewest turns, not with a backlog of zero."""
    seated = {(seat.team_id, seat.user_id) for seat in seats}
    lowest: dict = {}
    for seat in seats:
        lowest[seat.team_id] = min(level(seat), lowest.get(seat.team_id, level(seat)))
    new = []
    for rep in reps().filter(team__in=team_ids).order_by("team", "pk"):
        if (rep.team_id, rep.pk) not in seated:
            seat = RotationSeat(team_id=rep.team_id, user=rep)
            seat.turns = turns_at(lowest.get(rep.team_id, 0), seat)
            new.append(seat)
    RotationSeat.objects.bulk_create(new, ignore_conflicts=True)


def _room(seats, now):
    """{user id: how many more the caps allow}, of those who have a cap.

    A day and a week (from Monday) are the person's own, in their time zone. What was taken from
    them again (recalled, withdrawn, given to somebody else) does not count.
    """
    capped = [s for s in seats if s.daily_cap is not None or s.weekly_cap is not None]
    if not capped:
        return {}
    days = [_midnight(seat.user, now) for seat in capped]
    weeks = [day - timedelta(days=day.weekday()) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [[seat.user_id for seat in capped], days, weeks])
        taken = {pk: counts for pk, *counts in cursor.fetchall()}
    found = {}
    for seat in capped:
        today, this_week = taken.get(seat.user_id, (0, 0))
        rooms = [(seat.daily_cap, today), (seat.weekly_cap, this_week)]
        found[seat.user_id] = min(cap - had for cap, had in rooms if cap is not None)
    return found


def _midnight(user, now):
    try:
        local = now.astimezone(ZoneInfo(user.time_zone))
    except (ZoneInfoNotFoundError, ValueError):  # misspelt: no reason to hold a lead back
        local = now.astimezone(UTC)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _open_work(people):
    """{user id: pending handoffs and SALs}."""
    leads = Lead.objects.filter(owner__in=people, stage__in=[HANDED_OFF, SAL])
    return dict(leads.values_list("owner").annotate(n=Count("pk")))


_TAKEN = """
    SELECT h.to_user_id, count(*) FILTER (WHERE h.created_at >= v.day), count(*)
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS v (person, day, week)
    JOIN handoff_handoff h ON h.to_user_id = v.person AND h.created_at >= v.week
    WHERE h.state NOT IN ('recalled', 'withdrawn', 'rerouted')
    GROUP BY h.to_user_id
"""
