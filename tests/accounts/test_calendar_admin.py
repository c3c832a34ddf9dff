"""Managers keep calendars and absences; what is wrong is said beside its field."""

import pytest
import zeal
from django.urls import reverse

from accounts import roles
from accounts.models import Absence, WorkCalendar
from tests.browser_forms import posted
from tests.factories import RepFactory, TeamFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/workcalendar/add/"
FORMSETS_READ_EACH_ROW = [{"model": "accounts.WorkHours", "field": "get()"}]  # Django's way
MANAGERS = [roles.MARKETING_MANAGER, roles.SALES_MANAGER]
OTHERS = [roles.MARKETER, roles.REP, roles.CUSTOMER_SUCCESS]


def sign_in(client, role=roles.SALES_MANAGER):
    client.force_login(UserFactory(role=role, is_staff=True))


def page_of(calendar):
    return reverse("admin:accounts_workcalendar_change", args=[calendar.pk])


def said(name="Warsaw office", rows=(), **changes):
    """A calendar as the page would send it; `rows`: (weekday, opens, closes) and more of a row."""
    data = {
        "name": name,
        "time_zone": "Europe/Warsaw",
        "country": "",
        "subdivision": "",
        "days-TOTAL_FORMS": 0,
        "days-INITIAL_FORMS": 0,
        "hours-TOTAL_FORMS": len(rows),
        "hours-INITIAL_FORMS": 0,
    }
    for n, (weekday, opens, closes) in enumerate(rows):
        row = {"weekday": weekday, "opens": opens, "closes": closes}
        data |= {f"hours-{n}-{field}": value for field, value in row.items()}
    return data | changes


@pytest.mark.parametrize("role", MANAGERS)
def test_a_manager_makes_a_calendar_and_says_whose_it_is(client, role):
    sign_in(client, role)
    team, piotr = TeamFactory(), RepFactory()
    rows = [(0, "09:00", "13:00"), (0, "14:00", "00:00")]
    closed = {"days-TOTAL_FORMS": 1, "days-0-on": "2026-12-24", "days-0-name": "Eve"}
    answer = client.post(ADD, said(rows=rows, teams=[team.pk], people=[piotr.pk], **closed))
    assert answer.status_code == 302, answer.context["errors"]
    calendar = WorkCalendar.objects.get()
    assert [str(one) for one in calendar.hours.all()] == [
        "Monday 09:00–13:00",
        "Monday 14:00–24:00",
    ]
    assert [str(one) for one in calendar.days.all()] == ["2026-12-24 Eve"]
    assert (*calendar.teams.all(), *calendar.people.all()) == (team, piotr)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("model", ["workcalendar", "absence"])
def test_others_have_no_business_here(client, role, model):
    sign_in(client, role)
    for page in ("changelist", "add"):
        address = reverse(f"admin:accounts_{model}_{page}")
        assert client.get(address).status_code == 403
        assert client.post(address, {}).status_code == 403


def test_a_manager_changes_all_hours_at_once(client):
    """Rows trade places, one goes and one comes: only what the page says in the end counts."""
    sign_in(client)
    calendar = WorkCalendarFactory(hours=[("09:00", "12:00"), ("12:00", "18:00")])
    changes = {
        "hours-0-opens": "12:00", "hours-0-closes": "18:00",
        "hours-1-opens": "09:00", "hours-1-closes": "12:00",
        "hours-2-DELETE": "on",
        "hours-10-weekday": "1", "hours-10-opens": "08:00", "hours-10-closes": "11:00",
    }  # fmt: skip
    with zeal.zeal_ignore(FORMSETS_READ_EACH_ROW):
        answer = client.post(page_of(calendar), posted(client.get(page_of(calendar)), **changes))
    assert answer.status_code == 302, answer.context["errors"]
    assert [str(one) for one in calendar.hours.all()][:4] == [
        "Monday 09:00–12:00",
        "Monday 12:00–18:00",
        "Tuesday 08:00–11:00",
        "Tuesday 12:00–18:00",
    ]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([(0, "09:00", "13:00"), (0, "12:00", "18:00")], "Already open: Monday 09:00–13:00."),
        ([(0, "20:00", "00:00"), (0, "08:00", "21:00")], "Already open: Monday 08:00–21:00."),
        ([(0, "09:00", "09:00")], "It must close after it opens."),
        ([(0, "09:00", "25:00")], "Enter a valid time."),
        ([(7, "09:00", "10:00")], "Select a valid choice."),
        ([("", "09:00", "10:00")], "This field is required."),
        ([(0, "", "10:00"), (0, "09:00", "")], "This field is required."),
    ],
)
def test_wrong_hours_are_told_beside_them(client, rows, complaint):
    sign_in(client)
    answer = client.post(ADD, said(rows=rows))
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    assert not WorkCalendar.objects.exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"time_zone": "Mars/Olympus"}, "is no time zone"),
        ({"country": "XX"}, "The holidays of this country are not known."),
        ({"country": "DE", "subdivision": "TX"}, "Not a region of this country"),
        ({"subdivision": "BY"}, "Not a region of this country"),
        ({"teams": ["99999"]}, "Select a valid choice"),
        ({"people": ["x\0"]}, "Null characters are not allowed."),
    ],
)
def test_a_wrong_calendar_is_told_beside_its_field(client, changes, complaint):
    sign_in(client)
    answer = client.post(ADD, said(**changes))
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    assert not WorkCalendar.objects.exists()


def absence(person, **changes):
    moments = {"starts_at": "2026-12-24T00:00", "ends_at": "2026-12-28T00:00"}
    return {"user": person.pk, "note": "Holiday"} | moments | changes


def test_a_manager_notes_an_absence(client):
    sign_in(client)
    address, piotr = reverse("admin:accounts_absence_add"), RepFactory()
    assert client.get(address).status_code == 200
    wrong = client.post(address, absence(piotr, ends_at="2026-12-24T00:00"))
    assert "An absence must end after it starts." in wrong.content.decode()
    assert client.post(address, absence(piotr)).status_code == 302
    assert Absence.objects.get().user == piotr
    page = client.get(reverse("admin:accounts_absence_changelist"))
    assert "Holiday" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_as_many_queries_for_thirty_rows_as_for_one(
    client, rows, django_assert_max_num_queries
):
    sign_in(client)
    for _ in range(rows):
        piotr = RepFactory(team__calendar=WorkCalendarFactory())
        Absence.objects.create(
            user=piotr, starts_at="2026-12-24T00:00Z", ends_at="2026-12-28T00:00Z"
        )
    calendar = WorkCalendar.objects.first()
    for address, most in [
        (reverse("admin:accounts_absence_changelist"), 9),
        (reverse("admin:accounts_workcalendar_changelist"), 6),
        (reverse("admin:accounts_team_changelist"), 6),
        (page_of(calendar), 11),
    ]:
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
