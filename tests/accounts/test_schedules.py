"""Whose hours count, who is away, and with how many queries that is known."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import schedules
from accounts.business_time import ALWAYS, add, between
from accounts.models import Absence, CalendarDay
from tests.factories import RepFactory, TeamFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Europe/Warsaw")
FRIDAY = datetime(2026, 11, 27, 17, 50, tzinfo=ZONE)
MONDAY = datetime(2026, 11, 30, 12, 50, tzinfo=ZONE)


def away(user, starts_at=FRIDAY, hours=24):
    return Absence.objects.create(user=user, starts_at=starts_at, ends_at=starts_at + hours * HOUR)


def hours_of(schedule):
    """The hours of a Monday."""
    return [(opens / HOUR, closes / HOUR) for opens, closes in schedule.week[0]]


def test_four_hours_from_friday_evening_are_due_on_monday():
    piotr = RepFactory(team__calendar=WorkCalendarFactory())
    assert add(schedules.schedule_of(piotr), FRIDAY, 4 * HOUR) == MONDAY


def test_the_persons_calendar_comes_before_the_teams_and_that_before_the_default():
    own, teams, default = (
        WorkCalendarFactory(hours=[(opens, "18:00")]) for opens in ("07:00", "08:00", "10:00")
    )
    piotr = RepFactory(calendar=own, team__calendar=teams)
    elin, lena = RepFactory(team=piotr.team), RepFactory()
    found = schedules.schedules([piotr, elin, lena], default)
    assert [hours_of(found[one.pk])[0][0] for one in (piotr, elin, lena)] == [7, 8, 10]
    assert schedules.schedules([lena])[lena.pk] == ALWAYS
    assert schedules.schedules([]) == {}


def test_who_has_no_team_gets_the_default():
    alone = RepFactory(team=None)
    assert schedules.schedule_of(alone) == ALWAYS
    assert hours_of(schedules.schedule_of(alone, WorkCalendarFactory())) == [(9, 18)]


def test_a_team_has_a_schedule_too():
    team = TeamFactory(calendar=WorkCalendarFactory(hours=[("09:00", "13:00"), ("14:00", "00:00")]))
    away(RepFactory(team=team))
    assert hours_of(schedules.schedule_of(team)) == [(9, 13), (14, 24)]
    assert schedules.schedule_of(team).absences == ()
    assert schedules.schedule_of(TeamFactory()) == ALWAYS
    assert hours_of(schedules.schedule_of(TeamFactory(), team.calendar)) == [(9, 13), (14, 24)]


def test_a_calendar_alone_has_a_schedule_too():
    assert hours_of(schedules.calendar_schedule(WorkCalendarFactory())) == [(9, 18)]
    assert schedules.calendar_schedule(WorkCalendarFactory(hours=[])) == ALWAYS
    assert schedules.calendar_schedule(None) == ALWAYS


def test_a_calendar_without_hours_is_passed_over():
    """Else a clock would never run for those who work by it."""
    empty, teams = WorkCalendarFactory(hours=[]), WorkCalendarFactory()
    assert hours_of(schedules.schedule_of(RepFactory(calendar=empty, team__calendar=teams)))
    assert schedules.schedule_of(RepFactory(calendar=empty)) == ALWAYS
    assert schedules.schedule_of(TeamFactory(calendar=empty)) == ALWAYS


def test_public_holidays_and_closed_days_do_not_count():
    calendar = WorkCalendarFactory(country="PL")
    piotr = RepFactory(calendar=calendar)
    before = datetime(2026, 11, 10, 17, tzinfo=ZONE)
    # The 11th is Independence Day.
    assert add(schedules.schedule_of(piotr), before, 2 * HOUR) == before + 41 * HOUR
    CalendarDay.objects.create(calendar=calendar, on="2026-11-12", name="Moving")
    assert add(schedules.schedule_of(piotr), before, 2 * HOUR) == before + 65 * HOUR


def test_regions_have_holidays_of_their_own():
    epiphany = datetime(2026, 1, 6, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    working = {
        region: schedules.is_working(
            schedules.schedule_of(
                TeamFactory(
                    calendar=WorkCalendarFactory(
                        country="DE", subdivision=region, time_zone="Europe/Berlin"
                    )
                )
            ),
            epiphany,
        )
        for region in ("BY", "BE", "")
    }
    assert working == {"BY": False, "BE": True, "": True}


def test_absences_do_not_count_whatever_the_calendar():
    piotr = RepFactory()
    away(piotr, hours=2)
    assert add(schedules.schedule_of(piotr), FRIDAY, HOUR) == FRIDAY + 3 * HOUR
    piotr.calendar = WorkCalendarFactory()
    piotr.save()
    assert between(schedules.schedule_of(piotr), FRIDAY, FRIDAY + 5 * HOUR) == timedelta(0)


def test_working_from_opening_until_closing():
    schedule = schedules.schedule_of(TeamFactory(calendar=WorkCalendarFactory()))
    opens = datetime(2026, 11, 27, 9, tzinfo=ZONE)
    second = timedelta(seconds=1)
    at = [opens - second, opens, opens + 9 * HOUR - second, opens + 9 * HOUR, opens + DAY]
    assert [schedules.is_working(schedule, one) for one in at] == [False, True, True, False, False]
    assert schedules.is_working(ALWAYS, FRIDAY)


def test_absent_from_the_start_until_the_end():
    piotr, elin, lena = RepFactory(), RepFactory(), RepFactory()
    for one in (piotr, lena):
        away(one)
    away(piotr)  # twice is once
    at = [FRIDAY - HOUR, FRIDAY, FRIDAY + DAY - HOUR, FRIDAY + DAY]
    assert [schedules.absent([piotr, elin], one) for one in at] == [
        set(),
        {piotr.pk},
        {piotr.pk},
        set(),
    ]


@pytest.mark.parametrize("people", [1, 30])
def test_as_many_queries_for_thirty_people_as_for_one(people, django_assert_num_queries):
    default = WorkCalendarFactory()
    users = [
        RepFactory(calendar=WorkCalendarFactory(), team__calendar=WorkCalendarFactory())
        for _ in range(people)
    ]
    for user in users:
        CalendarDay.objects.create(calendar=user.calendar, on="2026-11-12")
        away(user)
    with django_assert_num_queries(1):
        found = schedules.schedules(users, default)
        assert {datetime(2026, 11, 12, tzinfo=UTC).date() in one.closed for one in found.values()}
    with django_assert_num_queries(1):
        assert len(schedules.absent(users, FRIDAY)) == people
    with django_assert_num_queries(1):
        schedules.team_schedules([user.team for user in users], default)
