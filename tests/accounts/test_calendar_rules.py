"""What the database refuses, whoever writes."""

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import Absence, CalendarDay, WorkCalendar, WorkHours
from tests.factories import RepFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def office():
    return WorkCalendarFactory(hours=[])


def open_on(office, *spans, day=0):
    """As if the transaction ended now."""
    for opens, closes in spans:
        WorkHours.objects.create(calendar=office, weekday=day, opens=opens, closes=closes)
    connection.check_constraints()


def refused(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    "spans",
    [
        [("09:00", "13:00"), ("12:59", "18:00")],
        [("09:00", "13:00"), ("09:00", "13:00")],
        [("09:00", "00:00"), ("22:00", "23:00")],
        [("00:00", "00:00"), ("00:00", "01:00")],
        [("09:00", "18:00"), ("12:00", "13:00")],
    ],
)
def test_hours_of_a_day_do_not_overlap(office, spans):
    with refused("hours_once_at_a_time"):
        open_on(office, *spans)


def test_hours_may_touch_and_days_and_calendars_are_apart(office):
    open_on(office, ("00:00", "09:00"), ("09:00", "13:00"), ("14:00", "00:00"))
    open_on(office, ("00:00", "00:00"), day=1)
    open_on(WorkCalendarFactory(hours=[]), ("08:00", "20:00"))
    assert [str(one) for one in office.hours.all()][2:] == [
        "Monday 14:00–24:00",
        "Tuesday 00:00–24:00",
    ]


@pytest.mark.django_db(transaction=True)
def test_hours_may_trade_places_within_a_transaction(office):
    open_on(office, ("09:00", "12:00"), ("12:00", "18:00"))
    morning, afternoon = office.hours.all()
    with transaction.atomic():
        WorkHours.objects.filter(pk=morning.pk).update(opens="12:00", closes="18:00")
        WorkHours.objects.filter(pk=afternoon.pk).update(opens="09:00", closes="12:00")
    with refused("hours_once_at_a_time"):
        WorkHours.objects.filter(pk=morning.pk).update(opens="11:00")


@pytest.mark.parametrize("closes", ["09:00", "08:00"])
def test_hours_close_after_they_open(office, closes):
    with refused("hours_open_before_they_close"):
        open_on(office, ("09:00", closes))


def test_a_week_has_seven_days(office):
    with refused("hours_weekday_known"):
        open_on(office, ("09:00", "18:00"), day=7)


@pytest.mark.parametrize("ends_at", [NOON, NOON.replace(hour=11)])
def test_an_absence_ends_after_it_starts(ends_at):
    with refused("absence_starts_before_it_ends"):
        Absence.objects.create(user=RepFactory(), starts_at=NOON, ends_at=ends_at)


def test_a_day_is_closed_once(office):
    CalendarDay.objects.create(calendar=office, on="2026-12-24")
    with refused("closed_day_once"):
        CalendarDay.objects.create(calendar=office, on="2026-12-24")


def test_a_region_belongs_to_a_country():
    with refused("calendar_region_of_a_country"):
        WorkCalendar.objects.create(name="Nowhere", subdivision="BY")


def test_people_and_teams_outlive_their_calendar(office):
    piotr = RepFactory(calendar=office, team__calendar=office)
    office.delete()
    piotr.refresh_from_db()
    assert (piotr.calendar, piotr.team.calendar) == (None, None)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"time_zone": "Europe"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"country": "DE", "subdivision": "TX"}, "subdivision"),
        ({"subdivision": "BY"}, "subdivision"),
    ],
)
def test_what_a_calendar_names_exists(said, field):
    with pytest.raises(ValidationError) as refusal:
        WorkCalendar(name="Office", **said).full_clean()
    assert field in refusal.value.message_dict


def test_countries_are_written_in_capitals():
    office = WorkCalendar(name="Office", country="de", subdivision="BY ")
    office.full_clean()
    assert (office.country, office.subdivision) == ("DE", "BY")


def test_midnight_closes_the_day():
    hours = WorkHours(weekday=4, opens=time(22), closes=time(0))
    hours.clean()
    assert str(hours) == "Friday 22:00–24:00"
