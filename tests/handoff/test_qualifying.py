"""Who becomes MQL and who no longer is one: bands, hand-raises, vetoes, holds and the margin."""

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


# Holds


def given_back(reason, **said):
    """Rejected, though it would qualify at once by its hand-raise."""
    lead = story.handed_off(now=NOW - timedelta(days=1))
    did(lead, "demo_request", NOW - timedelta(days=1))
    return perform(lead, "reject", by=lead.owner, now=NOW, reason=reason, **said)


def in_days(days):
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("bad_timing", {"until": NOW + timedelta(days=20)}),
        ("no_authority", {}),
        ("low_intent", {}),
        ("bad_data", {}),
        ("do_not_contact", {}),
    ],
)
def test_the_system_never_qualifies_a_held_lead(reason, said):
    lead = given_back(reason, **said)
    before = stage(lead)
    StaleLead.objects.create(lead_id=lead.pk)
    judge(in_days(1))
    assert stage(lead) == before
    assert Cycle.objects.get(lead=lead).outcome in ("rejected", "disqualified")


def test_new_activities_do_not_shorten_a_date():
    lead = given_back("bad_timing", until=in_days(20))
    did(lead, "demo_request", in_days(5))
    judge(in_days(5))
    assert stage(lead) == "nurture"
    with pytest.raises(Refusal, match="On hold: a date"):
        perform(lead, "qualify", by=UserFactory(), now=in_days(5))


def test_a_date_that_has_come_ends_the_hold():
    lead = given_back("no_authority")
    did(lead, "email_click", in_days(15))
    judge(in_days(15))
    assert stage(lead) == "mql"
    assert Cycle.objects.filter(lead=lead).count() == 2


def test_new_activities_end_a_hold_on_points():
    lead = given_back("low_intent")
    did(lead, "page_view", in_days(2), actor_class="bot")
    judge(in_days(2))
    assert stage(lead) == "nurture"
    did(lead, "page_view", in_days(3))
    judge(in_days(3))
    assert stage(lead) == "mql"


def test_fixed_data_end_a_hold_on_data():
    lead = given_back("bad_data")
    did(lead, "page_view", in_days(1))
    Lead.objects.filter(pk=lead.pk).update(city="Hamm")
    judge(in_days(1))
    assert stage(lead) == "unqualified"
    _tick(in_days(2))
    Lead.objects.filter(pk=lead.pk).update(phone="+49 561 555 7788")
    judge(in_days(2))
    assert stage(lead) == "mql"


def test_for_ever_is_for_ever():
    lead = given_back("do_not_contact")
    did(lead, "demo_request", in_days(900))
    judge(in_days(900))
    assert stage(lead) == "disqualified"


def test_a_fourth_cycle_needs_a_manager():
    lead = story.a_lead()
    for _ in range(3):
        lead = perform(lead, "qualify", by=UserFactory(), now=NOW)
        lead = perform(lead, "hand_off", by=None, now=NOW, to_user=RepFactory())
        lead = perform(lead, "reject", by=lead.owner, now=NOW, reason="low_intent")
        did(lead, "demo_request", NOW + timedelta(seconds=1))
    judge(in_days(1))
    assert stage(lead) == "nurture"
    with pytest.raises(Refusal, match="3 cycles already: ask a manager"):
        perform(lead, "qualify", by=UserFactory(), now=in_days(1))
    manager = UserFactory(role=MARKETING_MANAGER)
    perform(lead, "qualify", by=manager, now=in_days(1), reason="asked for it himself")
    assert Cycle.objects.filter(lead=lead).count() == 4


# The way from a fact to a stage


def test_a_captured_lead_is_judged_at_once(django_capture_on_commit_callbacks, right_company):
    StaleLead.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        lead = capture(now=NOW, email="a@b.example", on_target_list=True, consent_basis="Fair")
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


def _tick(now):
    """The simulated clock of the database's own triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadops.now', %s, true)", [now.isoformat()])
