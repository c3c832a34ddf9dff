"""The pages of duplicates: the list, the preview of a merge, and what is decided there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from leads.duplicates import pairs, searching
from leads.duplicates.merging import merge
from leads.models import DuplicatePair, Lead, Merge
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/duplicates/"
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    story.agreement_in_force(now=NOW)
    return marketer


def a_pair(**said):
    """Two of one phone and name."""
    n = Lead.objects.count()
    same = {"phone": f"+49 561 555 {n:04}", "last_name": "Brandt"} | said
    one = LeadFactory(**same, email=f"{n:03}@halden{n}.example")
    other = LeadFactory(**same, email="")
    searching.look([one.pk, other.pk], NOW)
    return DuplicatePair.objects.get(one=one)


def compare(winner, loser):
    return reverse("duplicates:compare", args=[winner.pk, loser.pk])


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MARKETER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.SALES_MANAGER, 200),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_duplicates_belong_to_marketing_and_managers(client, role, status):
    client.force_login(UserFactory(role=role))
    pair = a_pair()
    assert client.get(LIST).status_code == status
    assert client.get(compare(pair.one, pair.other)).status_code == status
    answer = client.post(reverse("duplicates:dismiss", args=[pair.pk]))
    assert answer.status_code == (302 if status == 200 else 403)
    assert (DuplicatePair.objects.get().state == "dismissed") == (status == 200)


def test_the_list_tells_why_and_who_would_stay(client, ivana):
    pair = a_pair()
    further = story.an_mql(phone=pair.one.phone, last_name="Brandt")
    searching.look([further.pk], NOW)
    page = html(client.get(LIST))
    assert "Same phone, same name" in page
    assert f'href="{compare(further, pair.one)}"' in page
    assert f'href="{compare(pair.one, pair.other)}"' in page
    assert html(client.get(LIST, headers=HTMX)).strip().startswith("<div")
    restored = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in html(client.get(LIST, headers=restored))


def test_the_list_asks_the_same_for_one_and_thirty(client, ivana, django_assert_max_num_queries):
    a_pair()
    client.get(LIST)
    with django_assert_max_num_queries(12) as first:
        client.get(LIST)
    for _ in range(29):
        a_pair()
    with django_assert_max_num_queries(12) as then:
        answer = client.get(LIST)
    assert len(then) == len(first)
    assert len(answer.context["page"].rows) == pairs.SIZE
    rest = client.get(LIST + answer.context["after"]).context["page"].rows
    assert len(rest) == 30 - pairs.SIZE


@pytest.mark.parametrize("query", ["?state=nonsense", "?after=x~y"])
def test_a_wrong_address_is_no_error(client, ivana, query):
    assert client.get(LIST + query).status_code in (400, 404)


def test_two_people_and_back(client, ivana):
    pair = a_pair()
    url = reverse("duplicates:dismiss", args=[pair.pk])
    answer = client.post(url, headers=HTMX)
    assert "queue-changed" in answer["HX-Trigger"]
    undo = reverse("duplicates:bring_back", args=[pair.pk])
    assert f'action="{undo}"' in html(answer)
    assert client.get(LIST).context["page"].rows == []
    assert "Ivana Petrova" in html(client.get(f"{LIST}?state=dismissed"))
    assert client.post(url, headers=HTMX).status_code == 409
    client.post(undo)
    assert client.get(LIST).context["page"].rows == [pair]


def test_what_is_shown_is_what_is_merged(client, ivana):
    winner = LeadFactory(last_name="Brandt", city="", job_title="Buyer")
    loser = LeadFactory(last_name="Brand", city="Kassel", job_title="Head of buying")
    ActivityFactory.create_batch(2, lead=loser)
    answer = client.get(compare(winner, loser))
    page = html(answer)
    assert "Moves over: 2 activities." in page
    assert "It is Unqualified and is disqualified as a duplicate." in page
    picks = {row.name: row.pick for row in answer.context["differing"]}
    assert (picks["city"], picks["job_title"]) == ("theirs", "ours")
    answer = client.post(compare(winner, loser), picks | {"job_title": "theirs"})
    assert answer.url == winner.get_absolute_url()
    fresh = Lead.objects.get(pk=winner.pk)
    assert (fresh.city, fresh.job_title, fresh.last_name) == ("Kassel", "Head of buying", "Brandt")
    row = Merge.objects.get()
    undo = reverse("duplicates:unmerge", args=[row.pk])
    page = html(client.get(answer.url))
    assert f'action="{undo}"' in page
    assert "Merged into this lead:" in page
    there = html(client.get(loser.get_absolute_url()))
    assert "Merged into" in there
    assert "queue-changed" in client.post(undo, headers=HTMX)["HX-Trigger"]
    assert Lead.objects.get(pk=loser.pk).merged_into is None


def test_without_scripts_the_usual_picks_are_sent(client, ivana):
    winner, loser = LeadFactory(city=""), LeadFactory(city="Kassel")
    client.post(compare(winner, loser))
    assert Lead.objects.get(pk=winner.pk).city == "Kassel"


def test_whoever_comes_second_is_told(client, ivana):
    winner, loser = LeadFactory(), LeadFactory()
    merge(winner, loser, by=UserFactory(), now=NOW)
    page = html(client.get(compare(winner, loser)))
    assert "merged into another one" in page
    assert "Keep the other one" not in page, "nothing is left to choose"
    assert "merged into another one" in html(client.post(compare(winner, loser)), 409)
    assert "merged into another one" in html(client.post(compare(loser, winner)), 409)
    assert Merge.objects.count() == 1


def test_a_pipeline_or_a_lead_twice_is_refused_in_words(client, ivana):
    sql, lead = story.an_sql(), LeadFactory()
    assert "close its opportunity" in html(client.post(compare(lead, sql)), 422)
    assert "not two leads" in html(client.get(compare(lead, lead)))
    assert client.post(compare(lead, lead)).status_code == 422
    assert client.get(f"/duplicates/{lead.pk}/{lead.pk + 999}/").status_code == 404


def test_what_sales_has_is_a_managers_to_merge(client, ivana):
    loser, winner = story.handed_off(), story.accepted()
    assert client.post(compare(winner, loser)).status_code == 403
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    assert "with " in html(client.get(compare(winner, loser)))
    assert client.post(compare(winner, loser)).status_code == 302


def test_the_order_is_proposed(client, ivana):
    lead, mql = LeadFactory(), story.an_mql()
    choose = reverse("duplicates:choose", args=[lead.pk, mql.pk])
    assert client.get(choose).url == compare(mql, lead)


def test_the_page_of_a_merged_lead_offers_nothing_else(client, ivana):
    winner, loser = LeadFactory(), LeadFactory()
    row = merge(winner, loser, by=ivana, now=NOW)
    at = loser.get_absolute_url()
    answer = client.get(at)
    assert answer.context["buttons"] == []
    assert not answer.context["may_edit"]
    assert client.get(f"{at}edit/").status_code == 403
    assert client.post(f"{at}log/", {"kind": "note", "body": "x"}).status_code == 409
    assert client.get(f"{at}do/reopen/").status_code in (403, 409)
    assert client.post(f"{at}undo/").status_code == 409
    rep = RepFactory()
    client.force_login(rep)
    assert client.post(reverse("duplicates:unmerge", args=[row.pk])).status_code == 403


def test_likely_pairs_stand_on_the_page_of_each(client, ivana):
    pair = a_pair()
    link = reverse("duplicates:choose", args=[pair.one.pk, pair.other.pk])
    for lead in (pair.one, pair.other):
        assert link in html(client.get(lead.get_absolute_url()))
