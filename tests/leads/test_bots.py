"""Telling bots from people: each heuristic, its thresholds, and what stays as a person said."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads import activities, bots
from leads.models import Activity, BotAgent, BotRule, FieldChange, StaleLead
from tests.factories import ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def lead():
    return LeadFactory()


def click(lead, seconds, link, message="m1", **more):
    at = NOW - timedelta(days=1) + timedelta(seconds=seconds)
    said = {"link": link, "message_id": message} | more
    return ActivityFactory(
        lead=lead, kind="email_click", subject="News", properties=said, happened_at=at
    )


def visit(lead, **properties):
    return ActivityFactory(lead=lead, properties=properties, happened_at=NOW - timedelta(days=1))


def look(*leads, since=NOW - timedelta(days=2)):
    bots.classify({lead.pk: since for lead in leads}, now=NOW)


def classes():
    return list(Activity.objects.order_by("pk").values_list("actor_class", flat=True))


def of(activity):
    row = Activity.objects.get(pk=activity.pk)
    return row.actor_class, row.classified_by, row.evidence


def test_a_scanner_follows_every_link_within_seconds(lead):
    for i, link in enumerate("abcd"):
        click(lead, i, link)
    alone = click(lead, 60, "a")
    look(lead)
    assert classes() == ["suspected"] * 4 + ["human"]
    first = Activity.objects.order_by("pk").first()
    assert of(first) == ("suspected", "links", {"links": 4, "seconds": 10})
    assert of(alone)[0] == "human"


@pytest.mark.parametrize(
    "clicks",
    [
        [(0, "a", "m1"), (1, "b", "m1")],  # two links
        [(0, "a", "m1"), (1, "a", "m1"), (2, "a", "m1"), (3, "b", "m1")],  # two, one of them often
        [(0, "a", "m1"), (1, "b", "m2"), (2, "c", "m3")],  # of three emails
        [(0, "a", "m1"), (6, "b", "m1"), (11, "c", "m1")],  # within eleven seconds
        [(0, "", "m1"), (0, "", "m1"), (0, "", "m1")],  # nobody knows which links
    ],
)
def test_people_follow_links_too(lead, clicks):
    for clicked in clicks:
        click(lead, *clicked)
    look(lead)
    assert set(classes()) == {"human"}


def test_other_leads_do_not_count(lead):
    others = [lead, LeadFactory(), LeadFactory()]
    for one, link in zip(others, "abc", strict=True):
        click(one, 0, link)
    look(*others)
    assert set(classes()) == {"human"}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abcd")), max_size=12))
def test_links_are_counted_as_by_hand(lead, clicks):
    """Against a plain loop: some ten seconds begin at a click, hold it, and three links that were
    new to them."""
    Activity.objects.all().delete()
    clicks = sorted(clicks)
    for seconds, link in clicks:
        click(lead, seconds, link)
    look(lead)
    fresh = [
        (at, link)
        for i, (at, link) in enumerate(clicks)
        if not any(other == link and at - 10 <= then for then, other in clicks[:i])
    ]
    starts = [at for at, _ in clicks if sum(at <= then <= at + 10 for then, _ in fresh) >= 3]
    expected = [
        "suspected" if any(s <= at <= s + 10 for s in starts) else "human" for at, _ in clicks
    ]
    assert classes() == expected


def test_the_same_hit_again_and_again(lead):
    at = NOW - timedelta(days=1)
    for i in range(10):
        ActivityFactory(lead=lead, happened_at=at + timedelta(seconds=i))
    for i in range(9):
        ActivityFactory(lead=lead, subject="/other", happened_at=at + timedelta(seconds=i))
    look(lead)
    assert classes() == ["suspected"] * 10 + ["human"] * 9
    assert of(Activity.objects.order_by("pk").first())[1:] == (
        "repeats",
        {"hits": 10, "seconds": 10},
    )


def test_head_requests_agents_and_what_follows_delivery_at_once(lead):
    head = visit(lead, method="head")
    crawler = visit(lead, user_agent="Mozilla/5.0 (compatible; BingBot/2.0)")
    script = visit(lead, user_agent="python-requests/2.32", method="HEAD")
    person = visit(lead, user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0", method="GET")
    at_once = click(lead, 0, "a", seconds_after_delivery=2.25)
    later = click(lead, 0, "a", message="m2", seconds_after_delivery=95)
    strange = visit(lead, user_agent=["curl/"], method={"HEAD": 1}, seconds_after_delivery="soon")
    look(lead)
    assert of(head) == ("suspected", "head", {})
    assert of(crawler) == ("bot", "agent", {"agent": "bingbot"})
    assert of(script) == ("suspected", "agent", {"agent": "python-requests"})
    assert of(at_once) == ("suspected", "delivery", {"after": 2.3})
    assert [of(one)[0] for one in (person, later)] == ["human", "human"]
    assert of(strange)[0] == "suspected"  # an agent is looked for in what was sent, whatever it is


def test_neighbours_that_come_later_tell_on_the_earlier_ones(lead):
    first = [click(lead, 0, "a"), click(lead, 1, "b")]
    look(lead)
    last = click(lead, 2, "c")
    look(lead, since=last.happened_at)
    assert {of(one)[0] for one in (*first, last)} == {"suspected"}


def test_what_we_do_is_never_a_bots(lead):
    made = ActivityFactory(lead=lead, kind="call", by=UserFactory(), properties={"method": "HEAD"})
    ActivityFactory(lead=lead, kind="note", properties={"method": "HEAD"})
    look(lead, since=made.happened_at)
    assert classes() == ["human", "human"]


def test_a_person_has_the_last_word(lead):
    mine, other = [click(lead, i, link) for i, link in enumerate("ab")]
    activities.reclassify(mine, "bot", by=UserFactory(first_name="Ivana", last_name="Petrova"))
    activities.reclassify(mine, "human", by=UserFactory(first_name="Jonas", last_name="Weber"))
    click(lead, 2, "c")
    look(lead)
    assert of(mine) == ("human", "person", {"by": "Jonas Weber"})
    assert of(other)[0] == "suspected"
    list(bots.classify_anew(bots.EVER, now=NOW))
    assert of(mine)[0] == "human"


def test_it_is_kept_since_when_a_class_is_known(lead):
    head = visit(lead, method="HEAD")
    look(lead)
    change = FieldChange.objects.get(subject="activity", subject_id=head.pk)
    assert (change.old, change.new, change.source) == ("human", "suspected", "bot rules")
    assert change.recorded_at == NOW


def test_new_activities_are_marked_with_when_they_happened(lead):
    StaleLead.objects.all().delete()
    at = [NOW - timedelta(days=3), NOW - timedelta(days=1)]
    activities.record(
        Activity(lead=lead, kind="form", happened_at=one, recorded_at=NOW) for one in at
    )
    assert StaleLead.objects.get().acted_since == at[0]


def test_rules_are_switched_off_and_thresholds_moved(lead):
    BotRule.objects.filter(heuristic="head").update(active=False)
    BotRule.objects.filter(heuristic="links").update(seconds=60, gives="bot")
    BotAgent.objects.update(active=False)
    head, agent = visit(lead, method="HEAD"), visit(lead, user_agent="curl/8")
    for i, link in enumerate("abc"):
        click(lead, 30 * i, link)
    look(lead)
    assert classes() == ["human", "human", "bot", "bot", "bot"]
    assert [of(one)[1] for one in (head, agent)] == ["", ""]


def test_applied_again_the_rules_of_today_also_clear(lead):
    head, known = visit(lead, method="HEAD"), visit(lead)
    Activity.objects.filter(pk=known.pk).update(actor_class="bot")  # whoever sent it said so
    look(lead)
    BotRule.objects.filter(heuristic="head").update(active=False)
    said = list(bots.classify_anew(bots.EVER, now=NOW, dry_run=True))
    assert said == [("head", "suspected", "human", 1)]
    assert of(head)[0] == "suspected"
    assert list(bots.classify_anew(NOW - timedelta(hours=1), now=NOW)) == []
    assert list(bots.classify_anew(bots.EVER, now=NOW)) == said
    assert of(head) == ("human", "", None)
    assert of(known) == ("bot", "", None)
    assert list(bots.classify_anew(bots.EVER, now=NOW)) == []


@pytest.mark.parametrize(
    ("heuristic", "values"),
    [
        ("links", {"seconds": 601}),
        ("links", {"seconds": None}),
        ("links", {"count": 1}),
        ("repeats", {"count": None}),
        ("head", {"seconds": 1}),
        ("delivery", {"count": 2}),
        ("head", {"gives": "human"}),
        ("head", {"heuristic": "agent"}),
    ],
)
def test_the_database_refuses_thresholds_that_mean_nothing(heuristic, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        BotRule.objects.filter(heuristic=heuristic).update(**values)


@pytest.mark.parametrize("text", ["", "ab", "  a", "CURL/"])
def test_an_agent_is_three_letters_long_and_listed_once(text):
    with pytest.raises(IntegrityError), transaction.atomic():
        BotAgent.objects.create(text=text)
