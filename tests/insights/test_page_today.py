"""Today: each role's queues and numbers, and that each number opens exactly its list."""

import pytest
from django.utils import timezone

from accounts import roles
from leads.perform import perform
from tests import story
from tests.factories import (
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
    WorkCalendarFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(roles.ROLES))
def test_everybody_has_a_today_with_or_without_leads(client, role):
    user = RepFactory() if role == roles.REP else UserFactory(role=role)
    client.force_login(user)
    assert client.get("/").status_code == 200
    story.an_mql()
    assert client.get("/").status_code == 200


def test_who_has_no_role_yet_reads_so_and_sees_zeros(client):
    nobody = UserFactory()
    nobody.groups.clear()
    story.an_mql()
    client.force_login(nobody)
    answer = client.get("/")
    assert [number.value for number in answer.context["numbers"]] == [0, 0, 0, 0]
    assert "No role yet" in answer.content.decode()


def test_queues_by_role(client):
    rep = RepFactory()
    story.an_mql(), story.accepted(by=rep), story.handed_off(to=rep), story.handed_off()
    sizes = {}
    for user in (rep, UserFactory(), UserFactory(role=roles.SALES_MANAGER)):
        client.force_login(user)
        sizes[user] = [queue.value for queue in client.get("/").context["queues"]]
    assert list(sizes.values()) == [[1, 1, 0], [1, 2, 0, 0], [1, 2, 1, 0, 0, 0]]


def test_each_number_opens_the_list_of_exactly_its_leads(client):
    lead = story.accepted()
    story.an_mql()
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    numbers = client.get("/").context["numbers"]
    assert [number.value for number in numbers] == [2, 1, 0, 0]
    for number in numbers:
        assert client.get(number.url).context["page"].total == number.value
    assert client.get(numbers[1].url).context["page"].rows == [lead]


def test_a_rep_counts_only_what_they_may_see(client):
    rep = RepFactory()
    story.accepted(by=rep), story.accepted()
    client.force_login(rep)
    numbers = client.get("/").context["numbers"]
    assert [number.value for number in numbers] == [1, 1, 0, 0]
    assert client.get(numbers[0].url).context["page"].total == 1


def test_the_most_urgent_comes_first(client):
    rep = RepFactory()
    later = story.accepted(by=rep)
    sooner = story.accepted(by=rep, now=timezone.now() - timezone.timedelta(hours=5))
    client.force_login(rep)
    assert client.get("/").context["due"] == [sooner, later]


def test_a_marketer_reads_what_sales_told_unless_it_was_undone(client):
    rep = RepFactory()
    kept, undone = story.handed_off(to=rep), story.handed_off(to=rep)
    perform(kept, "reject", by=rep, reason="low_intent", note="Only wanted the brochure.")
    perform(undone, "reject", by=rep, reason="low_intent")
    perform(undone, "undo", by=rep)
    client.force_login(UserFactory())
    answer = client.get("/")
    assert [event.lead for event, _words in answer.context["told"]] == [kept]
    assert "Low intent: “Only wanted the brochure.”" in answer.content.decode()


@pytest.mark.parametrize("role", [roles.SALES_MANAGER, roles.MARKETER, roles.REP])
def test_one_lead_and_thirty_cost_the_same_queries(client, role, django_assert_max_num_queries):
    story.agreement_in_force(calendar=WorkCalendarFactory())
    rep = RepFactory(team=TeamFactory(calendar=WorkCalendarFactory()))
    client.force_login(rep if role == roles.REP else UserFactory(role=role))

    def more():
        perform(story.handed_off(to=rep), "reject", by=rep, reason="low_intent")
        story.handed_off(to=rep), story.accepted(by=rep), story.an_mql()
        LeadFactory()

    more()
    client.get("/")
    with django_assert_max_num_queries(8) as one:
        client.get("/")
    for _ in range(6):
        more()
    with django_assert_max_num_queries(8) as thirty:
        client.get("/")
    assert len(one) == len(thirty)
