"""Who becomes MQL and who no longer is one: bands, hand-raises, vetoes and the margin."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import agreements, judging
from leads.capture import capture
from leads.models import Company, Cycle, Lead, LeadEvent, StaleLead
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FIT = {"job_title": "Head of Energy", "country": "DE"}  # with the company: 16 + 12 + 12 + 6 + 4


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW - timedelta(days=300))


@pytest.fixture
def right_company():
    return CompanyFactory(industry="Manufacturing", employees=400)


def judge(now=NOW):
    """What the scheduler does every ten seconds."""
    return judging.judge_stale(now)


def stage(lead):
    return Lead.objects.get(pk=lead.pk).stage


def did(lead, kind, now=NOW, **fields):
    return ActivityFactory(lead=lead, kind=kind, happened_at=now, recorded_at=now, **fields)


def engage(lead, now=NOW):
    for kind in ("webinar", "webinar", "download", "download", "email_reply"):
        did(lead, kind, now)


def test_a_lead_qualifies_by_its_band(right_company):
    lead = LeadFactory(**FIT, company=right_company)
    judge()
    assert stage(lead) == "unqualified"
    engage(lead)
    judge()
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.grade) == ("mql", "A1")
    assert lead.due_at == NOW + timedelta(hours=24)
    cycle = Cycle.objects.get(lead=lead)
    assert (cycle.origin, cycle.agreement, cycle.model, cycle.grade) == ("system", 1, 1, "A1")


@pytest.mark.parametrize("kind", ["demo_request", "contact_request"])
def test_a_hand_raise_qualifies_at_any_score(kind):
    lead = LeadFactory(country="")
    did(lead, kind)
    judge()
    lead = Lead.objects.get(pk=lead.pk)
    assert lead.stage == "mql"
    assert lead.grade.startswith("D")
    assert Cycle.objects.get(lead=lead).origin == "hand_raise"


def test_an_old_hand_raise_counts_no_more():
    lead = LeadFactory()
    did(lead, "demo_request", NOW - timedelta(days=31))
    judge()
    assert stage(lead) == "unqualified"


@pytest.mark.parametrize("consent", ["", "Business card, fair"])
def test_the_target_list_wants_a_consent_basis(consent):
    lead = LeadFactory(on_target_list=True, consent_basis=consent)
    judge()
    assert stage(lead) == ("mql" if consent else "unqualified")
    if consent:
        assert Cycle.objects.get(lead=lead).origin == "target_list"


@pytest.mark.parametrize(
    ("veto", "fields"),
    [
        ("competitor", {}),
        ("student or trainee", {"job_title": "PhD Student"}),
        ("country not served", {"country": "US"}),
        ("suspected bot or test entry", {"email": "test@mailinator.example"}),
        ("asked not to be contacted", {"do_not_contact": True}),
    ],
)
def test_a_veto_blocks_every_path_and_no_points(veto, fields):
    relationship = "competitor" if veto == "competitor" else "prospect"
    company = CompanyFactory(employees=400, relationship=relationship)
    lead = LeadFactory(**FIT | fields, company=company)
    engage(lead)
    did(lead, "demo_request")
    judge()
    assert stage(lead) == "unqualified"
    assert Lead.objects.get(pk=lead.pk).score > 0
    with pytest.raises(Refusal, match=f"Vetoed: {veto}"):
        perform(lead, "qualify", by=UserFactory(), now=NOW)


def test_a_bot_raises_no_hand():
    lead = LeadFactory()
    did(lead, "demo_request", actor_class="bot")
    judge()
    assert stage(lead) == "unqualified"


def test_a_marketer_qualifies_only_by_a_path():
    lead = LeadFactory(grade="D4")
    with pytest.raises(Refusal, match="No qualifying path"):
        perform(lead, "qualify", by=UserFactory(), now=NOW)
    manager = UserFactory(role=MARKETING_MANAGER)
    perform(lead, "qualify", by=manager, now=NOW, reason="met their board")
    assert Cycle.objects.get(lead=lead).origin == "override"


def test_the_system_does_not_take_back_what_a_manager_let_in():
    lead = LeadFactory(country="US")  # vetoed, too
    perform(lead, "qualify", by=UserFactory(role=MARKETING_MANAGER), now=NOW, reason="met them")
    judge()
    assert stage(lead) == "mql"


def test_a_lead_just_below_its_band_stays(right_company):
    lead = _mql_by_band(right_company)
    Lead.objects.filter(pk=lead.pk).update(job_title="Head of Purchasing")  # 38 of fit, still A
    right_company.employees = 40  # 26 of fit: 2 below B
    right_company.save()
    judge()
    assert Lead.objects.get(pk=lead.pk).grade == "C2"
    assert stage(lead) == "mql"


def test_a_lead_below_its_band_by_more_than_the_margin_is_demoted(right_company):
    lead = _mql_by_band(right_company)
    right_company.industry, right_company.employees = "Consulting", 10
    right_company.save()
    judge()
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.hold, lead.owner) == ("unqualified", "points", None)
    event = LeadEvent.objects.get(lead=lead, name="demote")
    assert (event.actor, event.reason) == (None, "no_path")
    assert Cycle.objects.get(lead=lead).outcome == "demoted"


def test_a_demoted_lead_comes_back_only_by_doing_something(right_company):
    lead = _mql_by_band(right_company)
    Company.objects.update(industry="Consulting", employees=10)
    judge()
    Company.objects.update(industry="Manufacturing", employees=400)
    judge()
    assert stage(lead) == "unqualified"
    later = NOW + timedelta(days=1)
    did(lead, "page_view", later)
    judge(later)
    assert stage(lead) == "mql"


def test_a_hand_raise_keeps_a_lead_of_low_grade():
    lead = LeadFactory(country="")
    did(lead, "demo_request")
    judge()
    did(lead, "page_view", NOW + timedelta(days=2))
    judge(NOW + timedelta(days=2))
    assert stage(lead) == "mql"


def test_a_veto_takes_an_mql_out(right_company):
    lead = _mql_by_band(right_company)
    Company.objects.update(relationship="competitor")
    judge()
    assert stage(lead) == "unqualified"


def test_an_mql_keeps_the_version_that_it_qualified_under(right_company):
    lead = _mql_by_band(right_company)
    draft = agreements.duplicate(agreements.in_force())
    draft.matrix.update(action="leave")
    story.signed(draft, now=NOW)
    newcomer = LeadFactory(**FIT, company=right_company)
    engage(newcomer)
    judge()
    assert (stage(lead), stage(newcomer)) == ("mql", "unqualified")


def test_who_must_not_be_contacted_leaves_the_review(right_company):
    lead = _mql_by_band(right_company)
    Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
    with pytest.raises(Refusal, match="Asked not to be contacted"):
        perform(lead, "hand_off", by=UserFactory(), now=NOW, to_user=RepFactory())
    judge()
    assert stage(lead) == "unqualified"


def test_what_sales_has_is_not_judged(right_company):
    lead = story.handed_off(company=right_company)
    Company.objects.update(relationship="competitor")
    judge()
    assert stage(lead) == "handed_off"


def test_a_captured_lead_is_judged_at_once(django_capture_on_commit_callbacks, right_company):
    StaleLead.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        lead = capture(now=NOW, email="a@b.example", on_target_list=True, consent_basis="Fair")
    assert stage(lead) == "mql"


def test_time_alone_cools_a_lead(right_company):
    lead = _mql_by_band(right_company)
    judge(NOW + timedelta(days=130))
    assert stage(lead) == "mql"
    judging.tick()
    judge(NOW + timedelta(days=130))
    assert stage(lead) == "unqualified"


def test_the_newest_fact_is_judged_first(monkeypatch):
    monkeypatch.setattr(judging, "BATCH", 1)
    LeadFactory.create_batch(3)
    lead = LeadFactory()
    did(lead, "demo_request")
    judging._judge_some(agreements.in_force(), NOW)
    assert stage(lead) == "mql"


def test_without_an_agreement_nobody_is_judged_and_nothing_forgotten():
    lead = LeadFactory()
    did(lead, "demo_request")
    agreement = agreements.in_force()
    type(agreement).objects.filter(pk=agreement.pk).update(status="superseded")
    assert judge() == 0
    assert StaleLead.objects.filter(lead_id=lead.pk).exists()


def test_judging_many_takes_the_queries_of_one():
    for _ in range(3):
        did(LeadFactory(), "demo_request")
    judge()
    few = _queries_to_judge(2)
    assert _queries_to_judge(20) == few


def _queries_to_judge(n):
    for _ in range(n):
        did(LeadFactory(), "demo_request")
    with CaptureQueriesContext(connection) as queries:
        judge()
    return len(queries)


def _mql_by_band(company):
    lead = LeadFactory(**FIT, company=company)
    for kind in ("webinar", "webinar", "download"):  # 23 of engagement: 2
        did(lead, kind)
    judge()
    assert stage(lead) == "mql"
    return lead
