"""A path may say: hand off at once, at any score. And of what kind a handoff then is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import SALES_MANAGER
from handoff import judging, starters
from handoff.models import Handoff, QualifyingPath
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    draft = starters.load("b2b_software")
    draft.matrix.filter(grade="A1").update(action="automatic")
    draft.automatic_cap = 1
    draft.save()
    return story.signed(draft, now=NOW)


@pytest.fixture(autouse=True)
def reps():
    rep = RepFactory()
    return [rep, RepFactory(team=rep.team)]


def judged(lead):
    judging.judge_stale(NOW)
    return Lead.objects.get(pk=lead.pk)


def asks_for_a_demo(**fields):
    lead = LeadFactory(**{"company": CompanyFactory(industry="Museum", employees=2)} | fields)
    ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    return lead


def an_a1():
    company = CompanyFactory(industry="Manufacturing", employees=400)
    lead = LeadFactory(job_title="Head of Energy", company=company)
    for kind in ["webinar"] * 2 + ["download"] * 2 + ["email_reply"]:
        ActivityFactory(lead=lead, kind=kind, happened_at=NOW)
    return lead


def kinds():
    return list(Handoff.objects.order_by("pk").values_list("kind", flat=True))


def test_a_hand_raise_is_handed_off_at_once_at_any_score(reps):
    lead = judged(asks_for_a_demo())
    assert lead.grade[0] == "D"
    assert lead.stage == "handed_off"
    assert lead.owner in reps
    assert kinds() == ["hand_raise"]


@pytest.mark.parametrize("starter", starters.NAMES)
def test_every_starter_says_so_of_its_hand_raise(starter):
    paths = starters.load(starter).paths.all()
    assert {path.kind: path.at_once for path in paths} == {
        "hand_raise": True,
        "target_list": False,
    }


def test_hand_raises_take_no_room_of_the_grades():
    raised = [asks_for_a_demo() for _ in range(3)]
    good = an_a1()
    judging.judge_stale(NOW)
    assert set(Lead.objects.filter(stage="handed_off")) == {*raised, good}
    assert sorted(kinds()) == ["automatic", *["hand_raise"] * 3]
    assert judged(an_a1()).stage == "mql"  # the grades have no room left
    assert judged(asks_for_a_demo()).stage == "handed_off"


@pytest.mark.parametrize("lacks", [{"phone": ""}, {"company": None}])
def test_who_lacks_data_waits_in_review(lacks):
    assert judged(asks_for_a_demo(**lacks)).stage == "mql"


def test_what_does_not_say_at_once_waits_in_review():
    lead = LeadFactory(company=CompanyFactory(), on_target_list=True, consent_basis="consent")
    assert judged(lead).stage == "mql"


def test_any_path_may_say_it():
    draft = starters.load("services")
    draft.paths.filter(kind=QualifyingPath.Kind.TARGET_LIST).update(at_once=True)
    story.signed(draft, now=NOW)
    lead = LeadFactory(company=CompanyFactory(), on_target_list=True, consent_basis="consent")
    assert judged(lead).stage == "handed_off"
    assert kinds() == ["other"]


def test_a_lead_that_people_hand_off_is_of_another_kind():
    story.handed_off(now=NOW)
    assert kinds() == ["other"]


def test_a_handoff_stays_of_its_kind_whoever_gets_it_next():
    automatic, raised = judged(an_a1()), judged(asks_for_a_demo())
    perform(automatic, "reassign", by=UserFactory(role=SALES_MANAGER), now=NOW)
    perform(raised, "reject", by=raised.owner, now=NOW, reason="misrouted")
    assert kinds() == ["automatic", "hand_raise", "automatic", "hand_raise"]


LATER = NOW + timedelta(hours=1)


def in_review():
    return story.an_mql(now=NOW, on_target_list=True, consent_basis="consent")


def asks_in_review(lead, now=LATER, **fields):
    ActivityFactory(lead=lead, kind="demo_request", happened_at=now, **fields)
    judging.judge_stale(now)
    return Lead.objects.get(pk=lead.pk)


def test_who_raises_a_hand_in_review_waits_no_longer():
    lead = in_review()
    assert judged(lead).stage == "mql"
    assert asks_in_review(lead).stage == "handed_off"
    assert kinds() == ["hand_raise"]


def test_who_asked_before_a_marketer_took_it_into_review_stays_there():
    lead = story.a_lead(on_target_list=True, consent_basis="consent")
    ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    lead = perform(lead, "qualify", by=UserFactory(), now=LATER)
    judging.judge_stale(LATER)
    assert Lead.objects.get(pk=lead.pk).stage == "mql"


@pytest.mark.parametrize("by", ["a bot", "us"])
def test_what_the_lead_did_not_do_itself_is_no_raised_hand(by):
    lead = in_review()
    said = {"actor_class": "bot"} if by == "a bot" else {"by": UserFactory()}
    assert asks_in_review(lead, **said).stage == "mql"


def test_what_was_recalled_waits_for_the_review():
    lead = perform(in_review(), "hand_off", by=UserFactory(), now=NOW)
    perform(lead, "recall", by=UserFactory(), now=NOW)
    assert asks_in_review(lead).stage == "mql"


def test_who_qualified_under_an_older_version_waits_for_the_review():
    lead = in_review()
    story.agreement_in_force(now=NOW, starter="services")
    assert asks_in_review(lead).stage == "mql"


def test_without_anybody_in_sales_it_waits_in_review(reps):
    for rep in reps:
        rep.is_active = False
        rep.save()
    assert judged(asks_for_a_demo()).stage == "mql"
