"""The page of checks: who may ask, what it says when every law holds, and which leads break one."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import checking, tasks
from leads.models import Cycle
from scoring import computing
from scoring.models import Computation
from tests import story
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
URL, ASK = reverse("handoff:checks"), reverse("handoff:ask_checks")


@pytest.fixture
def claire(client):
    person = UserFactory(role=roles.SALES_MANAGER)
    client.force_login(person)
    return person


def checked(by=None):
    row = checking.ask(by=by, now=timezone.now())
    computing.run(row.pk)
    return row


def broken(leads):
    """The cycles of these leads say something else than their events."""
    Cycle.objects.filter(lead__in=leads).update(grade="D4")


def html(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.SALES_MANAGER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.MARKETER, 403),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_managers_see_and_ask(client, role, status):
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    assert client.post(ASK).status_code == (302 if status == 200 else 403)
    assert Computation.objects.filter(kind="checks").exists() == (status == 200)
    assert client.get(ASK).status_code == 405


def test_before_the_first_check_it_offers_one(client, claire):
    assert "Not checked yet." in html(client.get(URL))


def test_who_asks_twice_watches_the_first(client, claire):
    client.post(ASK)
    client.post(ASK)
    assert Computation.objects.filter(kind="checks").count() == 1
    assert "Waiting for a worker." in html(client.get(URL))


def test_a_sound_house(client, claire):
    story.handed_off()
    checked()
    told = html(client.get(URL))
    assert "Every law holds" in told
    assert "1 lead checked" in told


def test_a_broken_law_names_its_leads(client, claire):
    lead = story.an_mql(first_name="<b>Anke", last_name="Brandt")
    broken([lead])
    checked()
    told = html(client.get(URL))
    assert "1 problem" in told
    assert "&lt;b&gt;Anke Brandt" in told
    assert lead.get_absolute_url() in told


def test_as_many_queries_for_thirty_as_for_one(client, claire, django_assert_num_queries):
    broken([story.an_mql()])
    checked()
    client.get(URL)
    with django_assert_num_queries(6):
        client.get(URL)
    broken([story.an_mql() for _ in range(30)])
    checked()
    with django_assert_num_queries(6):
        client.get(URL)


def test_htmx_gets_the_answer_alone(client, claire):
    checked()
    told = html(client.get(URL, headers={"HX-Request": "true"}))
    assert "Every law holds" in told
    assert "<html" not in told


def test_the_scheduler_asks_each_night(settings):
    jobs = {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "handoff.tasks.check_leads" in jobs
    tasks.check_leads()
    assert Computation.objects.filter(kind="checks", created_by=None).count() == 1


def test_before_the_first_check_there_is_no_answer_to_swap_in(client, claire):
    answer = client.get(URL, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Not checked yet." in html(answer)
