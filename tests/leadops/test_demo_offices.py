"""The demo people work by the hours of their countries."""

from datetime import UTC, datetime

import pytest

from accounts.models import Team, User, WorkCalendar
from accounts.schedules import is_working, schedule_of, schedules
from leadops.demo import people

pytestmark = pytest.mark.django_db
TUESDAY_NOON = datetime(2026, 11, 24, 11, 45, tzinfo=UTC)
INDEPENDENCE_DAY = datetime(2026, 11, 11, 10, tzinfo=UTC)  # in Poland


def test_each_works_by_the_hours_of_the_country():
    hired = people.hire()
    hours = schedules(User.objects.all())
    working = {name for name, one in hired.items() if is_working(hours[one.pk], TUESDAY_NOON)}
    assert hired.keys() - working == {"Lena"}  # at lunch in Vienna
    assert not is_working(hours[hired["Piotr"].pk], INDEPENDENCE_DAY)
    assert is_working(hours[hired["Tomáš"].pk], INDEPENDENCE_DAY)


def test_teams_have_hours_too_and_calendars_are_as_the_admin_would_take_them():
    people.hire()
    assert all(is_working(schedule_of(team), TUESDAY_NOON) for team in Team.objects.all())
    for calendar in WorkCalendar.objects.all():
        calendar.full_clean()
