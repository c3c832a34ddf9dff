"""What people see and say of bots: the timeline, the shares, the admin and the command."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from leads import activities
from leads.models import Activity, BotAgent, BotRule, FieldChange
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova", role=roles.MARKETER)
    client.force_login(marketer)
    return marketer


def suspected(**fields):
    return ActivityFactory(actor_class="suspected", **fields)


def url(activity, lead=None):
    return reverse("leads:reclassify", args=[(lead or activity.lead).pk, activity.pk])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Suspected bot"),
        ({"classified_by": "links", "evidence": {"links": 5, "seconds": 10}},
         "Suspected bot: 5 links of one email within 10 s"),
        ({"classified_by": "repeats", "evidence": {"hits": 12, "seconds": 10}},
         "Suspected bot: 12 times the same within 10 s"),
        ({"classified_by": "delivery", "evidence": {"after": 1.5}},
         "Suspected bot: 1.5 s after the email was delivered"),
        ({"classified_by": "head", "evidence": {}},
         "Suspected bot: only asked whether the page is there (HEAD)"),
        ({"classified_by": "agent", "evidence": {"agent": "<b>curl"}},
         "Suspected bot: its program calls itself “&lt;b&gt;curl”"),
        ({"classified_by": "person", "evidence": {"by": "Jonas"}}, "Not a person, says Jonas"),
    ],
)  # fmt: skip
def test_the_timeline_says_why(client, ivana, said, words):
    activity = suspected(**said)
    html = client.get(activity.lead.get_absolute_url()).content.decode()
    assert words in html
    assert "1 of 1 activities left out: suspected bot" in html


def test_a_marketer_says_that_it_was_a_person(client, ivana):
    activity = suspected(classified_by="head", evidence={})
    ActivityFactory(lead=activity.lead, actor_class="bot")
    answer = client.post(url(activity), {"to": "human"}, headers=HTMX)
    html = answer.content.decode()
    assert html.strip().startswith("<li>")
    assert "A person after all, says Ivana Petrova" in html
    assert "1 of 2 activities left out: bot" in html
    assert 'value="bot"' in html
    change = FieldChange.objects.get(subject="activity", subject_id=activity.pk)
    assert (change.new, change.source) == ("human", f"page, {ivana.email}")
    answer = client.post(url(activity), {"to": "bot"})
    assert (answer.status_code, answer.url) == (302, activity.lead.get_absolute_url())
    assert Activity.objects.get(pk=activity.pk).actor_class == "bot"


def test_who_is_too_late_is_told_who_said_so(client, ivana):
    activity = suspected()
    activities.reclassify(activity, "bot", by=UserFactory(first_name="Jonas", last_name="Weber"))
    for headers in (HTMX, {}):
        answer = client.post(url(activity), {"to": "bot"}, headers=headers)
        assert answer.status_code == 409
        assert "Not a person, says Jonas Weber" in answer.content.decode()
    fresh = ActivityFactory()
    assert client.post(url(fresh), {"to": "human"}, headers=HTMX).status_code == 409


@pytest.mark.parametrize("to", ["", "suspected", "robot", "human\x00"])
def test_nothing_else_can_be_said(client, ivana, to):
    activity = suspected()
    assert client.post(url(activity), {"to": to}).status_code == 400
    assert Activity.objects.get(pk=activity.pk).actor_class == "suspected"


def test_notes_calls_and_strangers_are_not_there(client, ivana):
    lead = LeadFactory()
    for row in (
        ActivityFactory(lead=lead, kind="note", by=ivana),
        ActivityFactory(lead=lead, kind="call", by=ivana),
    ):
        assert client.post(url(row), {"to": "bot"}).status_code == 404
    assert client.post(url(ActivityFactory(), lead), {"to": "bot"}).status_code == 404
    assert client.get(url(ActivityFactory())).status_code == 405
    assert "Not a person" not in client.get(lead.get_absolute_url()).content.decode()


def test_sales_reads_the_class_and_does_not_set_it(client):
    rep = RepFactory()
    client.force_login(rep)
    activity = suspected(lead=story.accepted(by=rep))
    html = client.get(activity.lead.get_absolute_url()).content.decode()
    assert "Suspected bot" in html
    assert "A person after all" not in html
    assert client.post(url(activity), {"to": "human"}).status_code == 403
    assert client.get(reverse("leads:classes")).status_code == 403


def test_the_shares_of_all_leads_in_one_query(client, ivana, django_assert_num_queries):
    for actor_class in ("human", "human", "suspected", "bot"):
        ActivityFactory(actor_class=actor_class)
    ActivityFactory(kind="email_click")
    ActivityFactory(kind="email_open", happened_at=timezone.now() - timedelta(days=31))
    with django_assert_num_queries(1):
        found = activities.shares(timezone.now())
    assert [(label, s["total"], s["suspected"], s["bot"], s["percent"]) for label, s in found] == [
        ("Visited", 4, 1, 1, 50),
        ("Clicked in an email", 1, 0, 0, 0),
    ]
    page = client.get(reverse("leads:classes"))
    card = client.get(reverse("leads:classes"), headers=HTMX)
    assert b"<html" in page.content
    assert card.content.strip().startswith(b'<section class="card" id="classes"')
    assert "50 %" in card.content.decode()


def test_a_manager_edits_thresholds_and_agents(client):
    client.force_login(UserFactory(role=roles.MARKETING_MANAGER, is_staff=True))
    rule = BotRule.objects.get(heuristic="links")
    change = reverse("admin:leads_botrule_change", args=[rule.pk])
    said = {"seconds": "4", "count": "5", "gives": "bot", "active": "on"}
    assert client.post(change, said).status_code == 302
    rule.refresh_from_db()
    assert (rule.seconds, rule.count, rule.gives) == (4, 5, "bot")
    for wrong in ({"seconds": "601"}, {"count": ""}, {"count": "1"}, {"gives": "human"}):
        assert client.post(change, said | wrong).status_code == 200
    assert client.get(reverse("admin:leads_botrule_add")).status_code == 403
    assert client.post(change.replace("change", "delete")).status_code == 403
    add = reverse("admin:leads_botagent_add")
    assert client.post(add, {"text": "gatescan", "gives": "bot"}).status_code == 302
    assert BotAgent.objects.filter(text="gatescan").exists()
    for text in ("ab", "GateScan", ""):
        assert client.post(add, {"text": text, "gives": "bot"}).status_code == 200


def test_the_command_says_what_would_change_and_then_changes_it(capsys):
    old = timezone.now() - timedelta(days=20)
    head = ActivityFactory(properties={"method": "HEAD"}, happened_at=old)
    ActivityFactory(properties={"user_agent": "curl/8"})
    call_command("classify_activities", "--dry-run")
    out = capsys.readouterr().out
    assert "agent: 1 human would become suspected" in out
    assert "head: 1 human would become suspected" in out
    assert "2 activities would change" in out
    assert not Activity.objects.exclude(actor_class="human").exists()
    call_command("classify_activities", "--since", "7")
    assert "1 activities changed" in capsys.readouterr().out
    assert Activity.objects.get(pk=head.pk).actor_class == "human"
    call_command("classify_activities")
    assert Activity.objects.filter(actor_class="suspected").count() == 2
    for days in (0, -1, 40_000):
        with pytest.raises(CommandError):
            call_command("classify_activities", since=days)
