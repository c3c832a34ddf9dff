"""The exploration sample: who may be drawn, how many, once; and a replay draws the same."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.roles import SALES_MANAGER
from handoff import agreements, exploring, judging, replaying
from handoff.models import Agreement, Handoff
from leads.capture import capture, record_births
from leads.models import Cycle, Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=12)


def agreed(**changes):
    return story.agreement_in_force(now=NOW - timedelta(days=300), **changes)


@pytest.fixture
def everybody(monkeypatch):
    """Chance draws every lead; there is one rep."""
    agreed(exploration_share=Decimal(1))
    monkeypatch.setattr(exploring, "is_drawn", lambda agreement, pk: True)
    return RepFactory()


def capped(cap):
    """A new version with another cap."""
    new = agreements.duplicate(agreements.in_force())
    new.automatic_cap = cap
    new.save()
    return story.signed(new, now=NOW - timedelta(days=1))


def a_low_lead(**fields):
    return LeadFactory(**{"company": CompanyFactory(industry="Circus", employees=9)} | fields)


def judged(*days):
    for day in days:
        judging.tick()
        judging.judge_stale(NOW + timedelta(days=day))


def stages():
    return dict(Lead.objects.values_list("pk", "stage"))


def differences():
    return [one for moment in replaying.moments() for one in replaying.replay(moment)[0]]


def test_a_drawn_lead_is_handed_off_and_flagged(everybody):
    lead = a_low_lead()
    judged(0)
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.owner) == ("handed_off", everybody)
    cycle = Cycle.objects.get()
    assert (cycle.origin, cycle.agreement) == ("exploration", agreements.in_force().version)
    assert Handoff.objects.get().event.details["origin"] == "exploration"
    assert differences() == []


def test_it_is_off_by_default(monkeypatch):
    agreed()
    monkeypatch.setattr(exploring, "_number", lambda agreement, pk: 0)
    lead = a_low_lead()
    judged(0)
    assert stages()[lead.pk] == "unqualified"


@pytest.mark.parametrize("why", ["suppressed", "vetoed", "held", "nurture", "a path"])
def test_these_are_not_drawn(everybody, why):
    fields = {"do_not_contact": True} if why == "suppressed" else {}
    if why == "vetoed":
        fields = {"country": "US"}
    lead = a_low_lead(**fields)
    if why == "a path":
        ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    if why in ("held", "nurture"):
        lead = given_back(lead, everybody, why)
    judged(0)
    drawn = LeadEvent.objects.filter(name="qualify", details__origin="exploration")
    assert not drawn.exists()
    assert differences() == []


def given_back(lead, rep, why):
    at = NOW - timedelta(hours=2)
    lead = perform(lead, "claim", by=rep, now=at, discovery_at=NOW)
    if why == "nurture":
        return perform(lead, "recycle", by=rep, now=at, reason="no_budget")
    lead = perform(lead, "disqualify", by=rep, now=at, reason="spam")
    manager = UserFactory(role=SALES_MANAGER)
    return perform(lead, "reopen", by=manager, now=at, reason="other", note="It was no spam at all")


def test_an_imported_lead_is_drawn_once_it_has_done_something(everybody):
    lead = a_low_lead()
    record_births([lead.pk], by=None, now=NOW - timedelta(days=1), details={"import": 1})
    judged(0)
    assert stages()[lead.pk] == "unqualified"
    ActivityFactory(lead=lead, kind="page_view", happened_at=NOW + timedelta(hours=1))
    judged(1)
    assert stages()[lead.pk] == "handed_off"
    assert differences() == []


def test_a_lead_is_drawn_once_under_a_version(everybody):
    lead = a_low_lead()
    judged(0)
    lead = Lead.objects.get(pk=lead.pk)
    at = NOW + timedelta(hours=1)
    perform(lead, "reject", by=everybody, now=at, reason="other", goes_to="unqualified",
            note="Nothing that we could do for them")  # fmt: skip
    Lead.objects.filter(pk=lead.pk).update(hold="", hold_at=None)
    judged(1, 2)
    assert stages()[lead.pk] == "unqualified"
    assert Cycle.objects.count() == 1


def test_no_more_than_the_cap_in_a_day_the_others_on_another_day(everybody):
    capped(2)
    for _ in range(5):
        a_low_lead()
    counts = []
    for day in (0, 0, 1, 2):
        judged(day)
        counts.append(Cycle.objects.filter(origin="exploration").count())
    assert counts == [2, 2, 4, 5]
    assert differences() == []


def test_batches_of_the_same_moment_share_the_cap(everybody, monkeypatch):
    monkeypatch.setattr(judging, "BATCH", 3)
    capped(4)
    for _ in range(9):
        a_low_lead()
    judged(0)
    assert Cycle.objects.filter(origin="exploration").count() == 4
    assert differences() == []


def test_what_lacks_data_waits_in_review_and_is_not_demoted(everybody):
    lead = a_low_lead(phone="")
    judged(0, 1)
    assert stages()[lead.pk] == "mql"
    assert Cycle.objects.get().origin == "exploration"
    assert differences() == []


def test_the_share_is_drawn_by_version_and_lead():
    first, second = (Agreement(version=n, exploration_share=Decimal("5")) for n in (1, 2))
    ids = range(1, 20_001)
    drawn = {pk for pk in ids if exploring.is_drawn(first, pk)}
    assert 900 <= len(drawn) <= 1_100
    again = {pk for pk in ids if exploring.is_drawn(second, pk)}
    assert len(drawn & again) < 100  # another version draws others
    none = Agreement(version=1, exploration_share=0)
    assert not any(exploring.is_drawn(none, pk) for pk in ids)


def test_a_captured_lead_may_be_drawn_though_it_did_nothing_yet(everybody):
    lead = capture(now=NOW, email="x@y.example", last_name="Li", phone="1", country="DE",
                   company=CompanyFactory(industry="Circus", employees=9))  # fmt: skip
    judged(0)
    assert stages()[lead.pk] == "handed_off"
