"""The pipeline: whose deals are shown, in which order, and how they go on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CUSTOMER_SUCCESS, SALES_MANAGER
from leads import paging
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
PIPELINE = reverse("handoff:pipeline")
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{PIPELINE}"}


@pytest.fixture
def elin(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    client.force_login(rep)
    return rep


@pytest.fixture
def claire():
    return UserFactory(role=SALES_MANAGER)


def names(answer):
    return [row.pk for row in answer.context["rows"]]


def due(lead, **ago):
    Lead.objects.filter(pk=lead.pk).update(due_at=timezone.now() - timedelta(**ago))


def local(days):
    return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_a_rep_sees_own_deals_overdue_first(client, elin):
    later, overdue = story.accepted(by=elin), story.an_sql(by=elin)
    due(overdue, days=2)
    overdue.opportunities.update(amount=18500, product="Metering hub")
    story.accepted(by=RepFactory(team=elin.team))
    story.handed_off(to=elin)
    answer = client.get(PIPELINE)
    assert names(answer) == [overdue.pk, later.pk]
    page = answer.content.decode()
    assert "2 leads" in page
    assert "Discovery call" in page
    assert "Next step" in page
    assert "Halden" in page
    assert "Metering hub" in page
    assert "18,500.00 EUR" in page
    assert "By owner" not in page


def test_a_manager_narrows_by_owner_team_and_stage(client, elin, claire):
    sal, sql = story.accepted(by=elin), story.an_sql(by=RepFactory())
    due(sql, hours=3)
    client.force_login(claire)
    answer = client.get(PIPELINE)
    assert names(answer) == [sql.pk, sal.pk]
    owners = answer.context["owners"]
    assert [(one["owner"], one["sal"], one["sql"], one["overdue"]) for one in owners] == [
        (sql.owner_id, 0, 1, 1),
        (elin.pk, 1, 0, 0),
    ]
    for query, lead in [
        (f"owner={elin.pk}", sal), (f"team={sql.owner.team_id}", sql), ("stage=sql", sql),
    ]:  # fmt: skip
        assert names(client.get(f"{PIPELINE}?{query}")) == [lead.pk], query


def test_a_rep_cannot_ask_for_the_deals_of_others(client, elin):
    other = story.accepted(by=RepFactory())
    assert names(client.get(f"{PIPELINE}?owner={other.owner_id}")) == []


def test_who_does_not_sell_has_no_pipeline(client):
    for user in [UserFactory(), UserFactory(role=CUSTOMER_SUCCESS)]:
        client.force_login(user)
        assert client.get(PIPELINE).status_code == 403
        assert client.post(reverse("handoff:step", args=[1])).status_code == 403


def test_pages_go_on_where_the_last_one_ended(client, elin, monkeypatch):
    leads = [story.accepted(by=elin).pk for _ in range(3)]
    short = paging.page.__kwdefaults__ | {"size": 2}
    monkeypatch.setattr(paging.page, "__kwdefaults__", short)
    first = client.get(PIPELINE)
    second = client.get(first.context["next"])
    assert names(first) + names(second) == leads
    assert names(client.get(second.context["before"])) == names(first)
    assert client.get(f"{PIPELINE}?after=nonsense").status_code == 400


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_thirty_rows_take_as_many_queries_as_one(client, elin, claire, role):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(PIPELINE).status_code == 200
        return len(found)

    client.force_login(elin if role == "rep" else claire)
    story.accepted(by=elin)
    client.get(PIPELINE)
    one = asked()
    for _ in range(4):
        story.an_sql(by=elin)
    assert asked() == one <= 8


def test_the_next_date_is_set_inline(client, elin):
    lead = story.an_sql(by=elin)
    url = reverse("handoff:step", args=[lead.pk])
    answer = client.post(url, {"due_at": local(5)}, headers=HTMX)
    assert answer.status_code == 200
    assert f'id="deal-{lead.pk}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert Lead.objects.get(pk=lead.pk).due_at > timezone.now() + timedelta(days=4)
    assert client.post(url, {"due_at": local(6)}).status_code == 302


@pytest.mark.parametrize("said", ["", "soon", local(-1), "9999-12-31T10:00"])
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_date_that_does_not_fit_stays_with_its_error(client, elin, said, headers):
    lead = story.an_sql(by=elin)
    answer = client.post(reverse("handoff:step", args=[lead.pk]), {"due_at": said}, headers=headers)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert Lead.objects.get(pk=lead.pk).due_at == lead.due_at


def test_who_lost_the_deal_meanwhile_is_told(client, elin, claire):
    lead = story.an_sql(by=elin)
    perform(lead, "reassign", by=claire, to_user=RepFactory(team=elin.team))
    url = reverse("handoff:step", args=[lead.pk])
    answer = client.post(url, {"due_at": local(5)}, headers=HTMX)
    assert answer.status_code == 409
    assert "reassigned this lead" in answer.content.decode()
    assert client.post(reverse("handoff:step", args=[story.an_sql().pk])).status_code == 404


def test_a_deal_is_won_from_the_list_and_the_list_asks_for_itself_again(client, elin):
    lead = story.an_sql(by=elin)
    url = reverse("leads:act", args=[lead.pk, "win"])
    assert client.post(url, {}, headers=HTMX)["HX-Retarget"] == "#dialog"
    answer = client.post(url, {"amount": "18500"}, headers=HTMX)
    assert answer["HX-Reswap"] == "none"
    assert "queue-changed" in answer["HX-Trigger"]
    assert Lead.objects.get(pk=lead.pk).stage == "customer"


def test_a_lost_deal_needs_its_reason(client, elin):
    lead = story.an_sql(by=elin)
    url = reverse("leads:act", args=[lead.pk, "lose"])
    assert client.post(url, {}, headers=HTMX).status_code == 422
    client.post(url, {"reason": "price"}, headers=HTMX)
    assert Lead.objects.get(pk=lead.pk).stage == "lost"
    assert names(client.get(PIPELINE)) == []
