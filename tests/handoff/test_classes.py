"""Bots give no points: activities are classified right before their lead is scored."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import judging
from leads import activities
from leads.models import Activity, Lead, StaleLead
from scoring.models import ScoreChange, ScoringModel
from scoring.scores import ledger
from tests import story
from tests.factories import ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW - timedelta(days=30))


@pytest.fixture
def lead():
    return LeadFactory()


def scored(lead, at=NOW):
    judging.judge_stale(at)
    assert not StaleLead.objects.exists()
    return Lead.objects.get(pk=lead.pk)


def clicks(lead, links, at=NOW - timedelta(hours=2)):
    activities.record(
        Activity(
            lead=lead,
            kind="email_click",
            subject="News",
            properties={"link": link},
            happened_at=at + timedelta(seconds=i),
            recorded_at=at,
        )
        for i, link in enumerate(links)
    )


def test_a_scanner_gives_no_points_and_a_person_later_does(lead):
    clicks(lead, ["/a", "/b", "/c", "/d"])
    assert scored(lead).engagement == 0
    clicks(lead, ["/b"], at=NOW - timedelta(minutes=5))
    assert scored(lead).engagement > 0
    assert list(Activity.objects.order_by("pk").values_list("actor_class", flat=True)) == [
        *["suspected"] * 4,
        "human",
    ]


def test_a_reclassification_is_scored_again_and_the_score_of_then_is_kept(lead):
    visit = ActivityFactory(lead=lead, kind="webinar", happened_at=NOW - timedelta(hours=3))
    first = scored(lead, NOW - timedelta(hours=2))
    assert first.engagement > 0
    later = NOW - timedelta(hours=1)
    activities.reclassify(visit, "bot", by=UserFactory(), now=later)
    second = scored(lead, later)
    assert second.engagement == 0
    model = ScoringModel.objects.get(version=first.scored_by)
    for then in (first, second):
        assert ledger(lead, model=model, as_of=then.scored_at).score == then.score


def test_what_a_heuristic_says_is_known_from_the_score_on(lead):
    clicks(lead, ["/a", "/b", "/c"])
    now = scored(lead)
    model = ScoringModel.objects.get(version=now.scored_by)
    then = ledger(lead, model=model, as_of=now.scored_at)
    assert (then.score, then.engagement) == (now.score, 0)
    before = ledger(lead, model=model, as_of=now.scored_at - timedelta(seconds=1))
    assert before.engagement > 0


def test_time_alone_classifies_nothing(lead):
    ActivityFactory(lead=lead, properties={"method": "HEAD"})
    StaleLead.objects.update(acted_since=None)
    judging.tick()
    scored(lead)
    assert Activity.objects.get().actor_class == "human"


def test_no_lead_is_judged_before_its_new_activities_have_a_class(lead, monkeypatch):
    """Its marks may be many, and lie far apart."""
    scored(lead, NOW - timedelta(hours=3))
    clicks(lead, ["/a", "/b", "/c"])
    judging.tick()
    monkeypatch.setattr(judging, "BATCH", 1)
    scored(lead)
    assert {one.engagement for one in ScoreChange.objects.filter(lead=lead)} <= {0}
    assert not StaleLead.objects.exists()


def test_what_is_recorded_and_what_is_edited_is_scored_at_once(
    client, lead, django_capture_on_commit_callbacks
):
    client.force_login(UserFactory())
    before = scored(lead)
    with django_capture_on_commit_callbacks(execute=True):
        clicks(lead, ["/a"])
    acted = Lead.objects.get(pk=lead.pk)
    assert acted.engagement > before.engagement
    edit = reverse("leads:edit", args=[lead.pk])
    fields = client.get(edit).context["form"].initial | {"job_title": "Head of Energy"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(edit, fields).status_code == 302
    assert Lead.objects.get(pk=lead.pk).fit > acted.fit
