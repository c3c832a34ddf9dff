"""MQL review: who may see it, what it shows, and what each decision does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import agreements, review
from handoff.models import Handoff
from handoff.waking import wake_due
from leads.models import Company, Lead, LeadEvent
from leads.perform import perform
from scoring.scores import rescore
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/review/"
HTMX = {"HX-Request": "true", "HX-Target": "preview"}


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def decide(client, lead, name, **typed):
    url = reverse("handoff:decide", args=[lead.pk, name])
    return client.post(url, typed, headers=HTMX)


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def scored(n):
    leads = [story.an_mql() for _ in range(n)]
    for lead in leads:
        ActivityFactory(lead=lead, kind="webinar")
    model = agreements.in_force().scoring_model
    rescore([lead.pk for lead in leads], model, now=timezone.now())
    return leads


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
def test_review_belongs_to_marketing_and_managers(client, role, status):
    lead = story.an_mql()
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    assert client.get(reverse("handoff:preview", args=[lead.pk])).status_code == status
    assert decide(client, lead, "recycle").status_code == (422 if status == 200 else 403)


def test_review_shows_the_best_lead_first_and_opens_it(client, ivana):
    story.an_mql(last_name="Second", score=60)
    best = story.an_mql(last_name="Best", score=90)
    page = html(client.get(URL))
    assert page.index("Best") < page.index("Second")
    assert f'data-row="{best.pk}" tabindex="-1" aria-current="true"' in page
    assert "Qualifies by the agreement v1" in page


@pytest.mark.parametrize("part", ["", "preview"])
def test_review_asks_eight_times_for_one_lead_and_for_thirty(
    client, ivana, django_assert_max_num_queries, part
):
    url, headers = URL, {}
    [lead] = scored(1)
    if part:
        url, headers = reverse("handoff:preview", args=[lead.pk]), HTMX
    client.get(url, headers=headers)  # what was signed is read once and kept
    with django_assert_max_num_queries(8) as one:
        client.get(url, headers=headers)
    scored(29)
    with django_assert_max_num_queries(8) as thirty:
        client.get(url, headers=headers)
    assert len(thirty) == len(one)


def test_a_row_opens_as_a_part_and_as_a_page_of_the_same_address(client, ivana):
    lead = story.an_mql(last_name="Malina")
    url = reverse("handoff:preview", args=[lead.pk])
    part = html(client.get(url, headers=HTMX))
    assert part.lstrip().startswith('<section class="preview-pane"')
    for headers in ({}, HTMX | {"HX-History-Restore-Request": "true"}):
        assert "<html" in html(client.get(url, headers=headers))


def test_an_unknown_lead_or_tab_or_place_breaks_nothing(client, ivana):
    story.an_mql(last_name="Malina")
    assert client.get(reverse("handoff:preview", args=[9_999_999])).status_code == 404
    assert "Malina" in html(client.get(f"{URL}?tab=nonsense&after=1_2_3"))


def test_approving_hands_off_and_opens_the_next_lead(client, ivana):
    best, after = story.an_mql(score=90), story.an_mql(score=80, last_name="Following")
    rep = RepFactory(first_name="Tomáš", last_name="Novák")
    answer = decide(client, best, "hand_off")
    page = html(answer)
    assert "Following" in page
    assert f'<tr id="row-{best.pk}" hx-swap-oob="delete">' in page
    assert "to Tomáš Novák, who decides by" in page
    assert "1 left." in page
    assert f"ids={best.pk}" in page
    assert answer["HX-Replace-Url"] == f"/review/{after.pk}/?tab=ready"
    assert Handoff.objects.get(lead=best).to_user == rep


def test_the_preview_names_the_team_that_gets_the_lead(client, ivana):
    TeamFactory(name="Elsewhere", countries=["SE"])
    dach = TeamFactory(name="DACH", countries=["DE", "AT"])
    RepFactory(team=dach)
    TeamFactory(name="Everywhere")
    lead = story.an_mql(country="DE")
    page = html(client.get(URL))
    assert "Goes to <strong>DACH</strong>" in page
    decide(client, lead, "hand_off")
    assert Handoff.objects.get(lead=lead).to_team == dach


def test_the_last_decision_leaves_an_empty_queue(client, ivana):
    RepFactory()
    assert "Nothing to decide" in html(decide(client, story.an_mql(), "hand_off"))


def test_decisions_work_without_javascript(client, ivana):
    RepFactory()
    lead = story.an_mql()
    answer = client.post(reverse("handoff:decide", args=[lead.pk, "hand_off"]))
    assert answer.status_code == 302
    assert "Handed off" in html(client.get(answer.url))


@pytest.mark.parametrize(
    ("name", "reason", "stage"),
    [("recycle", "no_budget", "nurture"), ("disqualify", "suspect", "disqualified")],
)
def test_giving_back_takes_a_reason(client, ivana, name, reason, stage):
    lead = story.an_mql()
    assert "A reason is missing." in html(decide(client, lead, name), 422)
    assert Lead.objects.get(pk=lead.pk).stage == "mql"
    html(decide(client, lead, name, reason=reason))
    assert Lead.objects.get(pk=lead.pk).stage == stage


def test_what_was_typed_stays_when_a_date_is_missing(client, ivana):
    lead = story.an_mql()
    page = html(decide(client, lead, "recycle", reason="bad_timing", note="After the fair"), 422)
    assert "until when?" in page
    assert 'value="After the fair"' in page
    assert 'value="bad_timing" required checked' in page
    assert 'id="recycle-panel" data-panel>' in page
    plain = client.post(
        reverse("handoff:decide", args=[lead.pk, "recycle"]), {"note": "After the fair"}
    )
    assert 'value="After the fair"' in html(plain, 422)


def test_who_comes_too_late_is_told_who_was_faster(client, ivana):
    lead = story.an_mql()
    colleague = UserFactory(first_name="Marta", last_name="Lindqvist")
    perform(lead, "hand_off", by=colleague, to_user=RepFactory())
    page = html(decide(client, lead, "hand_off"), 409)
    assert "Marta Lindqvist handed this lead off" in page
    assert f'<tr id="row-{lead.pk}" hx-swap-oob="delete">' in page


def test_nobody_in_sales_is_said_above_the_buttons(client, ivana):
    page = html(decide(client, story.an_mql(), "hand_off"), 422)
    assert "Nobody in sales can take this lead." in page


def test_missing_data_has_its_own_tab_and_its_link(client, ivana):
    RepFactory()
    lead = story.an_mql(phone="", last_name="Voss")
    assert "Voss" not in html(client.get(URL))
    page = html(client.get(f"{URL}?tab=missing"))
    assert "Phone is missing" in page
    assert f"/leads/{lead.pk}/edit/#id_phone" in page
    assert "Phone is missing." in html(decide(client, lead, "hand_off"), 422)


def test_leads_woken_from_nurture_are_in_recycled(client, ivana):
    lead = story.an_mql(last_name="Back")
    story.an_mql(last_name="Fresh", phone="+49 30 1")
    past = timezone.now() - timedelta(days=100)
    perform(lead, "recycle", by=ivana, reason="no_budget", now=past)
    wake_due()
    page = html(client.get(f"{URL}?tab=recycled"))
    assert "Back" in page
    assert "Fresh" not in page


def test_a_score_that_fell_since_is_told(client, ivana):
    lead = story.an_mql(score=64)
    Lead.objects.filter(pk=lead.pk).update(score=58)
    assert "Fell from 64.00 to 58.00 since queued." in html(client.get(URL))


def test_who_else_is_active_at_the_company_is_shown(client, ivana):
    lead = story.an_mql()
    company = Company.objects.get(pk=lead.company_id)
    story.an_mql(company=company, first_name="Dirk", last_name="Sommer", score=1)
    LeadFactory(company=company, last_name="Passive", phone="+49 30 1")
    page = html(client.get(reverse("handoff:preview", args=[lead.pk]), headers=HTMX))
    assert "Dirk Sommer" in page
    assert "Passive" not in page


def test_the_next_rows_follow_the_last_one(client, ivana, monkeypatch):
    monkeypatch.setattr(review.queue, "__kwdefaults__", {"size": 2})
    leads = [
        story.an_mql(score=score, last_name=f"L{score}", phone=str(number))
        for number, score in enumerate((90, 80, 80, 70))
    ]
    page = html(client.get(URL))
    assert f'data-row="{leads[0].pk}"' in page
    assert "L70" not in page
    more = client.get(
        f"{URL}?after=80_{leads[2].pk}", headers={"HX-Request": "true", "HX-Target": "more"}
    )
    rows = html(more)
    assert "L90" not in rows
    assert f'data-row="{leads[2].pk}"' not in rows
    assert rows.index(f'data-row="{leads[1].pk}"') < rows.index("L70")


def test_selected_leads_are_approved_together_and_each_refusal_is_told(client, ivana):
    RepFactory()
    fine = [story.an_mql(), story.an_mql()]
    lacking = story.an_mql(phone="", last_name="Voss")
    ids = [lead.pk for lead in [*fine, lacking]]
    page = html(client.post(reverse("handoff:approve"), {"ids": ids}, headers=HTMX))
    assert "2 leads handed off." in page
    assert "Voss</a>: " in page
    assert "Phone is missing." in page
    events = LeadEvent.objects.filter(name="hand_off")
    assert len({event.group for event in events}) == 1
    undo = reverse("handoff:undo", args=["review"]) + f"?ids={fine[0].pk},{fine[1].pk}"
    client.post(undo)
    assert Lead.objects.filter(stage="mql").count() == 3


def test_undo_brings_the_lead_back_and_opens_it(client, ivana):
    RepFactory()
    lead = story.an_mql(last_name="Malina")
    decide(client, lead, "hand_off")
    url = reverse("handoff:undo", args=["review"]) + f"?ids={lead.pk}&tab=ready"
    answer = client.post(url, headers=HTMX)
    assert f"/review/{lead.pk}/?tab=ready" in answer["HX-Location"]
    assert Lead.objects.get(pk=lead.pk).stage == "mql"
    assert "Undone: Anke Malina." in html(client.get(URL, headers=HTMX))


def test_nobody_undoes_what_somebody_else_did(client, ivana):
    lead = story.handed_off(by=UserFactory(first_name="Marta", last_name="Lindqvist"))
    url = reverse("handoff:undo", args=["review"]) + f"?ids={lead.pk}"
    assert "Marta Lindqvist" in html(client.post(url, headers=HTMX), 409)
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"


def test_without_an_agreement_nothing_can_be_handed_off(client, ivana):
    lead = story.an_mql()
    agreement = agreements.in_force()
    type(agreement).objects.filter(pk=agreement.pk).update(status="superseded")
    html(client.get(URL))
    assert "No agreement is in force" in html(decide(client, lead, "hand_off"), 422)
