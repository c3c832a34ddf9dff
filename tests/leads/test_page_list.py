"""The scored list: what it finds, in which order, page by page, and moves of a selection."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import roles
from leads import paging
from leads.filters import LeadFilter, Sort
from leads.models import Campaign, Lead
from tests import story
from tests.factories import CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIST = "/leads/"


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def names(answer):
    return [row.last_name for row in answer.context["page"].rows]


def found(user, query):
    request = RequestFactory().get(LIST)
    request.user = user
    leads = Lead.objects.visible_to(user)
    chosen = LeadFilter(QueryDict(query), queryset=leads, request=request)
    assert chosen.form.is_valid(), chosen.form.errors
    return set(chosen.qs)


def queries(client, django_assert_max_num_queries, url, most):
    client.get(url)
    with django_assert_max_num_queries(most) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_rep_sees_own_leads_the_teams_and_those_once_handed_over(client):
    rep = RepFactory()
    own, teams = story.accepted(by=rep), story.handed_off(to=RepFactory(team=rep.team))
    once = story.handed_off(to=rep)
    story.perform(once, "reject", by=rep, reason="low_intent")
    LeadFactory(), story.handed_off()
    client.force_login(rep)
    assert set(client.get(LIST).context["page"].rows) == {own, teams, once}


def test_customer_success_sees_customers_only(client):
    LeadFactory()
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert client.get(LIST).context["page"].rows == []


def test_the_whole_page_its_region_and_a_restored_page(client, ivana):
    LeadFactory()
    assert b"<html" in client.get(LIST).content
    part = client.get(LIST, headers=HTMX).content
    assert part.strip().startswith(b'<div id="leads"')
    restored = HTMX | {"HX-History-Restore-Request": "true"}
    assert b"<html" in client.get(LIST, headers=restored).content


def test_one_lead_and_thirty_cost_the_same_queries(client, ivana, django_assert_max_num_queries):
    lead = LeadFactory(company=CompanyFactory())
    urls = [LIST, f"{LIST}?q=anke&stage=unqualified&sort=-created_at"]
    one = [queries(client, django_assert_max_num_queries, url, 8) for url in urls]
    for _ in range(29):
        LeadFactory(company=CompanyFactory(), campaign=lead.campaign)
    assert [queries(client, django_assert_max_num_queries, url, 8) for url in urls] == one


@pytest.mark.parametrize(
    "text",
    ["łukasz", "Lukasz", "LUK wójc", "wojcik", "wisla", "papier", "l.wojcik", "mail-me", "0142"],
)
def test_search_finds_names_emails_and_companies_without_accents(ivana, text):
    company = CompanyFactory(name="Wisła Papier", domain="wisla.example")
    lead = LeadFactory(
        first_name="Łukasz", last_name="Wójcik", email="l.wojcik@mail-me.test", company=company
    )
    LeadFactory(first_name="Sofie", last_name="Maes", phone="", company=CompanyFactory())
    assert found(ivana, f"q={text.replace(' ', '+')}") == {lead}


def test_filters_narrow(ivana):
    fair = Campaign.objects.create(name="Fair")
    lead = LeadFactory(grade="A2", source="Fair", campaign=fair)
    LeadFactory(grade="B1", source="Web")
    for query in ("grade=A", "grade=2", "grade=A2", "source=Fair", f"campaign={fair.pk}"):
        assert found(ivana, query) == {lead}, query
    assert found(ivana, "queue=pool") == set(Lead.objects.all())
    assert found(ivana, "queue=data") == found(ivana, "stage=sql") == set()


def test_me_means_the_leads_that_i_own():
    rep = RepFactory()
    mine = story.accepted(by=rep)
    story.accepted(by=RepFactory(team=rep.team))
    assert found(rep, "owner=me") == {mine}


def test_a_number_of_today_lists_exactly_its_leads(ivana):
    early = timezone.now() - timedelta(days=70)
    lead = story.an_mql()
    story.an_mql(now=early)
    since = (timezone.now() - timedelta(days=1)).date().isoformat()
    assert found(ivana, f"cycle=mql&since={since}") == {lead}
    assert len(found(ivana, "cycle=mql")) == 2
    assert found(ivana, "cycle=won") == set()


@pytest.mark.parametrize(
    "query", ["stage=asleep", "grade=Z9", "campaign=x", "since=soon", "sort=id"]
)
def test_a_filter_that_does_not_exist_is_named(client, ivana, query):
    answer = client.get(f"{LIST}?{query}&cycle=mql")
    assert answer.status_code == 422
    assert "Show all leads" in answer.content.decode()


@pytest.mark.parametrize("place", ["after=x", "after=1~x", "before=NaN~1", "after=1~2~3"])
def test_a_page_that_does_not_exist_is_a_bad_request(client, ivana, place):
    assert client.get(f"{LIST}?{place}").status_code == 400


def test_empty_values_leave_the_address(client, ivana):
    answer = client.get(f"{LIST}?q=&stage=mql&grade=")
    assert (answer.status_code, answer.url) == (302, f"{LIST}?stage=mql")
    answer = client.get(f"{LIST}?q=&stage=mql", headers=HTMX)
    assert answer["HX-Push-Url"] == f"{LIST}?stage=mql"


def test_a_search_typed_letter_by_letter_is_one_step_back(client, ivana):
    typing = HTMX | {"HX-Current-URL": f"http://testserver{LIST}?q=an"}
    assert client.get(f"{LIST}?q=ank", headers=typing)["HX-Replace-Url"] == f"{LIST}?q=ank"
    assert "HX-Push-Url" in client.get(f"{LIST}?q=an&stage=mql", headers=typing)


def test_best_first_newest_first_and_waiting_longest(client, ivana):
    now = timezone.now()
    for name, score, born, waits in (("A", 9, 3, 1), ("B", 5, 1, 2), ("C", 7, 2, 3)):
        since = now - timedelta(days=waits)
        LeadFactory(
            last_name=name, score=score, created_at=now - timedelta(days=born), stage_at=since
        )
    assert names(client.get(LIST)) == ["A", "C", "B"]
    assert names(client.get(f"{LIST}?sort=-created_at")) == ["B", "C", "A"]
    assert names(client.get(f"{LIST}?sort=stage_at")) == ["C", "B", "A"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    scores=st.lists(st.integers(0, 4), max_size=17),
    sort=st.sampled_from(Sort.values),
    size=st.integers(1, 6),
    bounds=st.sampled_from([(0, 3), (3, paging.EXACT), (paging.FEW, paging.EXACT)]),
)
def test_walking_forward_and_back_meets_every_lead_once(monkeypatch, scores, sort, size, bounds):
    monkeypatch.setattr(paging, "FEW", bounds[0])
    monkeypatch.setattr(paging, "EXACT", bounds[1])
    Lead.objects.all().delete()
    start = timezone.now()
    for score in scores:
        moment = start + timedelta(hours=score)
        LeadFactory(score=Decimal(score), created_at=moment, stage_at=moment)
    forward, back, after, before = [], [], "", ""
    while True:
        page = paging.page(Lead.objects.all(), sort, after=after, size=size)
        forward.append([row.pk for row in page.rows])
        if not page.after:
            break
        after = page.after
    while True:
        back.insert(0, [row.pk for row in page.rows])
        if not page.before:
            break
        before = page.before
        page = paging.page(Lead.objects.all(), sort, before=before, size=size)
    everyone = [pk for pks in forward for pk in pks]
    order = [sort, "-pk" if sort.startswith("-") else "pk"]
    assert forward == back
    assert everyone == list(Lead.objects.order_by(*order).values_list("pk", flat=True))
    assert page.total == min(len(scores), paging.EXACT + 1)


def test_the_total_is_exact_to_a_bound(monkeypatch):
    monkeypatch.setattr(paging, "EXACT", 3)
    for _ in range(3):
        LeadFactory()
    assert paging.page(Lead.objects.all(), "-score").total_words == "3"
    LeadFactory()
    assert paging.page(Lead.objects.all(), "-score").total_words == "3+"


def test_sources_are_offered_by_name(client, ivana):
    for source in ("Web", "Fair", "", "Web"):
        LeadFactory(source=source)
    options = client.get(reverse("leads:sources")).content.decode()
    assert options.index("Fair") < options.index("Web")
    assert options.count("<option") == 2


def test_a_selection_moves_and_says_who_did_not_and_why(client, ivana):
    ready, bare = story.an_mql(), story.an_mql(phone="", email="")
    rep, elsewhere = RepFactory(), LeadFactory()
    url = reverse("leads:bulk", args=["hand_off"])
    ids = [ready.pk, bare.pk, elsewhere.pk, 10**30, "x"]
    asked = client.post(url, {"ids": ids})
    assert b'name="sure"' in asked.content
    answer = client.post(url, {"ids": ids, "sure": "yes", "to": f"user:{rep.pk}"})
    html = answer.content.decode()
    assert [lead.pk for lead in answer.context["moved"]] == [ready.pk]
    assert f"{reverse('leads:edit', args=[bare.pk])}#id_" in html
    assert "It is Unqualified now." in html
    assert Lead.objects.get(pk=ready.pk).owner == rep


def test_a_selection_without_a_reason_moves_nothing(client, ivana):
    lead = story.an_mql()
    answer = client.post(reverse("leads:bulk", args=["recycle"]), {"ids": [lead.pk], "sure": "yes"})
    assert answer.status_code == 422
    assert Lead.objects.get(pk=lead.pk).stage == "mql"


def test_only_managers_reassign_and_reps_move_no_selection(client, ivana):
    assert client.post(reverse("leads:bulk", args=["reassign"])).status_code == 403
    assert client.post(reverse("leads:bulk", args=["win"])).status_code == 404
    client.force_login(RepFactory())
    assert client.post(reverse("leads:bulk", args=["hand_off"])).status_code == 403
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    assert client.post(reverse("leads:bulk", args=["reassign"])).status_code == 200


def test_others_leads_cannot_be_moved_in_bulk_by_their_ids(client):
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert client.post(reverse("leads:bulk", args=["recycle"]), {"ids": [1]}).status_code == 403


def test_an_expired_session_leads_to_sign_in_and_back(client):
    answer = client.get(LIST, headers=HTMX | {"HX-Current-URL": "http://testserver/leads/?q=a"})
    assert answer["HX-Redirect"] == "/account/login/?next=/leads/%3Fq%3Da"


def test_an_empty_list_says_whether_a_filter_made_it_so(client, ivana):
    page = client.get(LIST).content.decode()
    assert "No leads yet" in page
    assert "Import a file" in page
    assert "No lead matches" in client.get(f"{LIST}?q=nobody").content.decode()
