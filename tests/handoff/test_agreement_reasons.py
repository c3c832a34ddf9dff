"""The reasons tree: where each is offered, where it sends the lead, what the lead waits for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import agreements, giving_back
from handoff.models import Discovery, Handoff, Reason
from leads.models import Cycle, LeadEvent
from leads.perform import perform
from leads.refusals import Missing, Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NOTE = "Wants a reseller contract."
IN_MAY = NOW + timedelta(days=160)

# reason: (said with it, goes to, hold, days until it is looked at again)
REJECT = {
    "not_our_customer": ({"detail": "size"}, "disqualified", "", None),
    "low_intent": ({"detail": "content_only"}, "nurture", "points", 90),
    "suspect": ({"detail": "student"}, "disqualified", "", None),
    "bad_timing": ({"detail": "contract", "until": IN_MAY}, "nurture", "date", 160),
    "no_budget": ({"detail": "too_small"}, "nurture", "date", 90),
    "no_authority": ({"detail": "gatekeeper"}, "nurture", "date", 14),
    "bad_data": ({"detail": "bounced"}, "unqualified", "data", None),
    "duplicate": ({"detail": "in_pipeline"}, "disqualified", "", None),
    "do_not_contact": ({}, "disqualified", "forever", None),
    "misrouted": ({"detail": "territory"}, "handed_off", "", None),
    "spam": ({}, "disqualified", "", None),
    "other": ({"note": NOTE, "goes_to": "nurture"}, "nurture", "points", 90),
}
OTHER_REJECTS = [
    ({"note": NOTE, "goes_to": "nurture", "until": IN_MAY}, "nurture", "date", 160),
    ({"note": NOTE, "goes_to": "unqualified"}, "unqualified", "points", None),
    ({"note": NOTE, "goes_to": "unqualified", "until": IN_MAY}, "unqualified", "date", None),
    ({"note": NOTE, "goes_to": "disqualified"}, "disqualified", "", None),
]
RECYCLE = {
    "low_intent": ({}, "points", 90),
    "bad_timing": ({"until": IN_MAY}, "date", 160),
    "no_budget": ({}, "date", 90),
    "no_authority": ({}, "date", 14),
    "unreachable": ({}, "date", 30),
    "other": ({"note": NOTE}, "points", 90),
}
DISQUALIFY = ["not_our_customer", "suspect", "duplicate", "do_not_contact", "spam", "other"]
LOSE = ["price", "competitor", "no_decision", "project_gone", "do_not_contact", "other"]
TABLE = {
    "reject": list(REJECT),
    "recycle": list(RECYCLE),
    "disqualify": DISQUALIFY,
    "lose": LOSE,
    "demote": ["low_intent", "other"],
    "reopen": ["other"],
    "churn": ["left_price", "left_competitor", "not_used", "merged_or_closed", "other"],
}


@pytest.fixture
def rep():
    """Somebody in a team of two."""
    team = TeamFactory()
    RepFactory(team=team)
    return RepFactory(team=team)


@pytest.fixture
def marketer():
    return UserFactory()


def reject(lead, rep, **said):
    return perform(lead, "reject", by=rep, now=NOW, **said)


def tried(lead, rep, times):
    Discovery.objects.bulk_create(
        Discovery(lead=lead, by=rep, held_at=NOW, outcome="no_answer") for _ in range(times)
    )


def said_with(reason):
    return {"bad_timing": {"until": IN_MAY}, "other": {"note": NOTE}}.get(reason, {})


def test_the_starter_offers_what_the_table_says():
    story.agreement_in_force()
    offered = {
        name: {one.code for one in Reason.objects.filter(offered_at__contains=[name])}
        for name in TABLE
    }
    assert offered == {name: set(codes) for name, codes in TABLE.items()}


@pytest.mark.parametrize(
    ("reason", "said", "goes_to", "hold", "days"),
    [(reason, *row) for reason, row in REJECT.items()] + [("other", *row) for row in OTHER_REJECTS],
)
def test_a_rejected_lead_goes_where_the_reason_says(rep, reason, said, goes_to, hold, days):
    lead = reject(story.handed_off(to=rep, now=NOW), rep, reason=reason, **said)
    assert (lead.stage, lead.hold, lead.do_not_contact) == (goes_to, hold, False)
    if goes_to != "handed_off":
        assert (lead.owner, lead.team) == (None, None)
        assert lead.due_at == (days and NOW + timedelta(days=days))
    event = LeadEvent.objects.get(lead=lead, name="reject")
    assert (event.reason, event.note) == (reason, said.get("note", ""))


@pytest.mark.parametrize("reason", RECYCLE)
def test_a_recycled_lead_goes_to_nurture_until_its_date(rep, reason):
    said, hold, days = RECYCLE[reason]
    lead = story.accepted(by=rep, now=NOW)
    if reason == "unreachable":
        tried(lead, rep, 6)
    lead = perform(lead, "recycle", by=rep, now=NOW, reason=reason, **said)
    assert (lead.stage, lead.hold) == ("nurture", hold)
    assert lead.due_at == NOW + timedelta(days=days)
    assert Cycle.objects.get(lead=lead).outcome == "recycled"


@pytest.mark.parametrize("reason", DISQUALIFY)
def test_a_disqualified_lead_waits_for_nothing(rep, reason):
    lead = story.handed_off(to=rep, now=NOW)
    lead = perform(lead, "disqualify", by=rep, now=NOW, reason=reason, **said_with(reason))
    assert lead.stage == "disqualified"
    assert lead.hold == ("forever" if reason == "do_not_contact" else "")
    assert Handoff.objects.get(lead=lead).state == "withdrawn"


@pytest.mark.parametrize("reason", LOSE)
def test_a_lost_lead_closes_its_opportunity_with_the_reason(rep, reason):
    lead = story.an_sql(by=rep, now=NOW)
    lead = perform(lead, "lose", by=rep, now=NOW, reason=reason, **said_with(reason))
    deal = lead.opportunities.get()
    assert (lead.stage, deal.status, deal.reason) == ("lost", "lost", reason)


@pytest.mark.parametrize("until", [None, IN_MAY])
def test_a_reopened_lead_is_held(until):
    lead = story.an_mql(now=NOW)
    lead = perform(lead, "disqualify", by=UserFactory(), now=NOW, reason="spam")
    manager = UserFactory(role=SALES_MANAGER)
    said = {"until": until} if until else {}
    lead = perform(lead, "reopen", by=manager, now=NOW, reason="other", note=NOTE, **said)
    assert (lead.stage, lead.hold) == ("unqualified", "date" if until else "points")


@pytest.mark.parametrize("reason", ["low_intent", "other"])
def test_a_demoted_lead_waits_for_new_activities(marketer, reason):
    lead = story.an_mql(now=NOW)
    lead = perform(lead, "demote", by=marketer, now=NOW, reason=reason, **said_with(reason))
    assert (lead.stage, lead.hold) == ("unqualified", "points")


@pytest.mark.parametrize(
    ("reason", "said", "field"),
    [
        ("nonsense", {}, "reason"),
        ("unreachable", {}, "reason"),
        ("price", {}, "reason"),
        ("suspect", {"detail": "size"}, "detail"),
        ("bad_timing", {"detail": "frozen"}, "until"),
        ("bad_timing", {"until": NOW - timedelta(days=1)}, "until"),
        ("bad_timing", {"until": "2020-01-01"}, "until"),
        ("bad_timing", {"until": "in May"}, "until"),
        ("other", {"goes_to": "nurture"}, "note"),
        ("other", {"goes_to": "nurture", "note": "  too   short  "}, "note"),
        ("other", {"note": NOTE}, "goes_to"),
        ("other", {"note": NOTE, "goes_to": "customer"}, "goes_to"),
        ("", {}, "reason"),
    ],
)
def test_a_reject_that_lacks_something_is_refused_at_its_field(rep, reason, said, field):
    lead = story.handed_off(to=rep, now=NOW)
    with pytest.raises(Missing) as refusal:
        reject(lead, rep, reason=reason, **said)
    assert refusal.value.field == field
    lead.refresh_from_db()
    assert lead.stage == "handed_off"


def test_a_day_means_its_morning(rep):
    day = (NOW + timedelta(days=30)).date()
    lead = story.handed_off(to=rep, now=NOW)
    lead = reject(lead, rep, reason="bad_timing", until=day.isoformat())
    assert timezone.localtime(lead.due_at).date() == day
    assert timezone.localtime(lead.due_at).hour == 9


def test_a_misrouted_lead_goes_to_somebody_else_in_the_same_cycle(rep):
    lead = reject(story.handed_off(to=rep, now=NOW), rep, reason="misrouted")
    assert lead.owner not in (None, rep)
    assert Cycle.objects.get(lead=lead).outcome == "open"
    states = Handoff.objects.filter(lead=lead).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rerouted", "pending"]
    with pytest.raises(Missing, match="Nobody in sales"):
        reject(lead, lead.owner, reason="misrouted")


def test_a_misrouted_offer_to_a_team_does_not_come_to_who_said_so(rep):
    lead = story.an_mql(now=NOW)
    lead = perform(
        lead, "hand_off", by=UserFactory(), now=NOW, to_team=rep.team, offer_to_team=True
    )
    lead = reject(lead, rep, reason="misrouted")
    assert lead.owner not in (None, rep)


def test_who_asks_not_to_be_contacted_is_suppressed_for_ever(rep, marketer):
    lead = reject(story.handed_off(to=rep, now=NOW), rep, reason="do_not_contact")
    lead.refresh_from_db()
    assert lead.do_not_contact
    manager = UserFactory(role=MARKETING_MANAGER)
    lead = perform(lead, "reopen", by=manager, now=NOW, reason="other", note=NOTE)
    with pytest.raises(Refusal, match="asked not to be contacted"):
        perform(lead, "qualify", by=marketer, now=NOW)
    with pytest.raises(Refusal, match="Asked not to be contacted"):
        perform(lead, "claim", by=rep, now=NOW, discovery_at=IN_MAY)


def test_undo_lifts_the_suppression(rep):
    lead = reject(story.handed_off(to=rep, now=NOW), rep, reason="do_not_contact")
    lead = perform(lead, "undo", by=rep, now=NOW + timedelta(seconds=5))
    lead.refresh_from_db()
    assert (lead.stage, lead.do_not_contact) == ("handed_off", False)


def test_an_older_agreement_keeps_its_reasons_and_the_newest_in_force_counts(rep):
    lead = story.handed_off(to=rep, now=NOW)
    draft = agreements.duplicate(agreements.in_force())
    draft.reasons.filter(code="spam").update(code="robot")
    story.signed(draft)
    with pytest.raises(Missing, match="not offered here"):
        reject(lead, rep, reason="spam")
    assert reject(lead, rep, reason="robot").stage == "disqualified"


def test_the_grid_says_where_a_suppressing_reason_leads():
    reason = story.agreement_in_force().reasons.get(code="do_not_contact")
    said = {name: giving_back.consequence(reason, name, NOW) for name in ("reject", "lose")}
    assert said["reject"].startswith("Disqualified, and never")
    assert said["lose"].startswith("Lost, and never")
