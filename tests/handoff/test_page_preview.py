"""The page of a preview: who may see and start it, leave and come back, and propose the model."""

import pytest
import time_machine
from django.urls import reverse

from accounts import roles
from handoff import agreements
from handoff.models import Agreement
from scoring import computing
from scoring.models import Computation, Rule
from tests.factories import ActivityFactory, LeadFactory, UserFactory
from tests.handoff import preview_world as world

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft():
    return world.a_draft(world.in_force())


@pytest.fixture
def url(draft):
    return reverse("handoff:preview_model", args=[draft.version])


@pytest.fixture
def marta(client):
    person = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(person)
    return person


@pytest.fixture
def computed(draft):
    """A result over four weeks of the nine leads; returns how to compute it again."""
    world.people()

    def compute():
        with time_machine.travel(world.NOW, tick=False):
            row = Computation.objects.create(
                kind="preview",
                params={"model": draft.version, "weeks": 4},
                created_at=world.NOW,
                heartbeat_at=world.NOW,
            )
            computing.run(row.pk)
        return row

    compute()
    return compute


def html(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MARKETER, 200),
        (roles.SALES_MANAGER, 200),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_who_may_see_and_compute(client, url, role, status):
    client.force_login(UserFactory(role=role))
    assert client.get(url).status_code == status
    assert client.post(url).status_code == (302 if status == 200 else 403)
    assert Computation.objects.exists() == (status == 200)


def test_before_anything_was_computed_it_offers_to(client, marta, url):
    answer = client.get(url)
    assert "Not computed yet." in html(answer)
    assert "echarts.js" not in html(answer)


def test_what_is_not_there_is_404(client, marta):
    assert client.get("/scoring/models/99/preview/").status_code == 404
    assert client.get("/scoring/agreements/99/preview/").status_code == 404
    assert client.post("/scoring/models/99/propose/").status_code == 404


def test_the_result_tells_who_enters_and_how_many_a_week(client, marta, url, computed):
    page = html(client.get(f"{url}?weeks=4"))
    assert "As many MQLs." in page
    assert "2 rules change:" in page
    assert "Nothing counts before both managers sign v2." in page
    assert "job title contains energy, +40.00" in page
    assert "Carl" in page
    assert "Anna" not in page
    assert "against model 1 of agreement v1, on 4 weeks of real history" in page
    assert "4 qualify now, 4 with the draft" in page
    assert "Too few cycles have ended in a year (1)" in page
    assert '<script src="/static/echarts.js" defer>' in page


def test_a_list_is_a_part_of_the_page_and_an_address(client, marta, url, computed):
    asked = f"{url}?weeks=4&list=leaves"
    part = html(client.get(asked, headers=HTMX))
    assert part.lstrip().startswith('<section class="card" id="moves"')
    assert "Anna" in part
    assert "<html" in html(client.get(asked))
    assert "Anna" in html(client.get(asked))


def test_a_lead_that_was_erased_is_not_listed(client, marta, url, computed):
    result = Computation.objects.get().result
    result["moves"]["enters"]["leads"][0]["lead"] = 999_999
    Computation.objects.update(result=result)
    answer = client.get(f"{url}?weeks=4")
    assert answer.status_code == 200
    assert "Carl" not in html(answer)


@pytest.mark.parametrize("name", ["enters", "same"])
def test_one_row_and_thirty_take_the_same_queries(
    client, marta, url, computed, django_assert_max_num_queries, name
):
    asked = f"{url}?weeks=4&list={name}&every=1"
    client.get(asked)
    with django_assert_max_num_queries(10) as few:
        client.get(asked)
    for _ in range(30):
        energetic = {"country": "SE", "job_title": "Energy"} if name == "enters" else {}
        lead = LeadFactory(created_at=world.ago(60), **energetic)
        for _visit in range(2):
            ActivityFactory(lead=lead, happened_at=world.ago(1))
    computed()
    with django_assert_max_num_queries(10) as many:
        answer = client.get(asked)
    assert len(answer.context["moves"]) > 30
    assert len(few) == len(many)


def test_starting_again_while_it_runs_watches_the_first(client, marta, url, draft):
    now = world.NOW
    row = Computation.objects.create(
        kind="preview",
        params={"model": draft.version, "weeks": 12},
        created_at=now,
        heartbeat_at=now,
    )
    assert client.post(url).url == f"{url}?weeks=12"
    assert Computation.objects.count() == 1
    page = html(client.get(url))
    assert reverse("scoring:computation", args=[row.pk]) in page
    assert "Compute again" not in page


def test_starting_computes_and_the_page_comes_back_to_it(
    client, marta, url, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, {"weeks": "4"})
    assert answer.url == f"{url}?weeks=4"
    page = html(client.get(answer.url))
    assert "Compute again" in page
    assert "Outdated" not in page
    assert "Not computed yet." in html(client.get(url))  # of twelve weeks


def test_a_draft_edited_since_is_outdated(client, marta, url, draft, computed):
    assert "Outdated" not in html(client.get(f"{url}?weeks=4"))
    Rule.objects.filter(model=draft, kind="engagement").update(points=6)
    assert "Outdated" in html(client.get(f"{url}?weeks=4"))
    computed()
    assert "Outdated" not in html(client.get(f"{url}?weeks=4"))


def test_a_failed_run_says_why_and_keeps_the_result_before(client, marta, url, computed):
    result = Computation.objects.get()
    Computation.objects.create(
        kind="preview",
        params=result.params,
        state="failed",
        error="The disk is full.",
        created_at=world.NOW,
        heartbeat_at=world.NOW,
    )
    page = html(client.get(f"{url}?weeks=4"))
    assert "The disk is full." in page
    assert "Carl" in page


@pytest.mark.parametrize("asked", ["weeks=7", "weeks=²", "capacity=x", "capacity=-1", "list=x"])
def test_nonsense_in_the_address_is_ignored(client, marta, url, computed, asked):
    assert client.get(f"{url}?{asked}").status_code == 200


def test_capacity_works_by_a_submit_too(client, marta, url, computed):
    world.story.handed_off(to=world.RepFactory(), now=world.ago(1))
    computed()
    page = html(client.get(f"{url}?weeks=4&capacity=9"))
    assert 'value="9"' in page
    assert "9 a week" in page


def test_a_model_is_proposed_with_the_words_in_force(client, marta, url, draft):
    answer = client.post(reverse("handoff:propose", args=[draft.version]))
    proposed = Agreement.objects.get(status="draft")
    assert answer.url == reverse("admin:handoff_agreement_change", args=[proposed.pk])
    assert (proposed.scoring_model, proposed.version) == (draft, 2)
    assert proposed.matrix.count() == agreements.in_force().matrix.count()
    page = html(client.get(url))
    assert "Proposed as v2" in page
    assert "sign v2" not in page  # nothing is computed yet


def test_a_model_is_proposed_once(client, marta, url, draft):
    propose = reverse("handoff:propose", args=[draft.version])
    client.post(propose)
    answer = client.post(propose, follow=True)
    assert Agreement.objects.count() == 2
    proposed = Agreement.objects.get(status="draft")
    link = reverse("admin:handoff_agreement_change", args=[proposed.pk])
    assert f'already. <a href="{link}">' in html(answer)


def test_what_is_published_or_has_no_agreement_is_not_proposed(client, marta):
    model = world.a_draft(world.in_force())
    published = agreements.in_force().scoring_model
    client.post(reverse("handoff:propose", args=[published.version]))
    with pytest.raises(agreements.Conflict):
        agreements.propose(published)
    Agreement.objects.filter(status="in_force").update(status="superseded")
    with pytest.raises(agreements.Missing):
        agreements.propose(model)
    assert Agreement.objects.count() == 1


def test_a_marketer_proposes_nothing(client, url, draft):
    client.force_login(UserFactory())
    assert client.post(reverse("handoff:propose", args=[draft.version])).status_code == 403
    assert "Propose as" not in html(client.get(url))
    assert client.get(reverse("handoff:propose", args=[draft.version])).status_code == 405


def test_a_draft_agreement_has_its_preview(client, marta, django_capture_on_commit_callbacks):
    agreement = agreements.duplicate(world.in_force())
    url = reverse("handoff:preview_agreement", args=[agreement.version])
    admin = reverse("admin:handoff_agreement_change", args=[agreement.pk])
    assert f'<a href="{url}">Preview</a>' in html(client.get(admin))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url)
    page = html(client.get(url))
    assert f"Preview: agreement v{agreement.version}" in page
    assert f"sign v{agreement.version}." in page
    agreement.matrix.filter(grade="D4").update(action="review")
    assert "Outdated" in html(client.get(url))


def test_a_goal_without_a_number_says_so(client, marta, django_capture_on_commit_callbacks):
    agreement = agreements.duplicate(world.in_force())
    Agreement.objects.filter(pk=agreement.pk).update(goal_customers=None)
    url = reverse("handoff:preview_agreement", args=[agreement.version])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url)
    page = html(client.get(url))
    assert "names no number of new customers as its goal" in page
    assert "Needed:" not in page


def test_a_cancelled_run_stops_between_its_steps(draft, monkeypatch):
    row = Computation.objects.create(
        kind="preview",
        params={"model": draft.version, "weeks": 4},
        created_at=world.NOW,
        heartbeat_at=world.NOW,
    )
    asked = []

    def count(_weeks, _comparison, _leads, step):
        asked.append(1)
        computing.cancel(row, now=world.NOW)
        step()

    LeadFactory()
    monkeypatch.setattr("handoff.preview.weeks.count", count)
    computing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result, asked) == ("cancelled", None, [1])
