"""The demo's half a year, lived once with few leads: the replay gives it back, and finds faults."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from handoff import checking, replaying
from handoff.models import Agreement, Judgement
from intake.models import Submission
from leadops.demo import people
from leadops.demo.history import DAYS, History
from leads.changes import recording
from leads.models import Activity, Company, Consent, FieldChange, Lead, LeadEvent
from leads.past import stood
from scoring import recomputing
from scoring.models import ScoreChange

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 21, 16, 24, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """All tests here look at one history; what they change is rolled back after each."""
    with django_db_blocker.unblock(), transaction.atomic():
        History(people.hire(), now=NOW, leads=150).live(_analyze)
        yield
        transaction.set_rollback(True)


def _analyze(day):
    """What autovacuum does for a company that lives in many transactions, not in one."""
    if day % 15 == 5:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def test_the_replay_gives_back_what_the_system_did():
    report = replayed()
    assert report["scores"]["differences"] == report["qualifications"]["differences"] == []
    assert report["scores"]["compared"] > ScoreChange.objects.count() > 500
    assert report["qualifications"]["compared"] == made().count() > 50
    assert report["qualifications"]["moments"] > DAYS - 10  # at first nobody is there


def test_its_history_is_no_tautology():
    assert set(made().values_list("details__model", flat=True)) == {1, 2}
    origins = set(made().values_list("details__origin", flat=True))
    assert origins == {"system", "hand_raise", "target_list"}
    assert LeadEvent.objects.filter(name="qualify", details__origin="override").exists()
    changed = FieldChange.objects.values_list("subject", flat=True)
    assert set(changed) == {"lead", "company", "attr", "activity"}
    late = Activity.objects.filter(recorded_at__gt=F("happened_at") + timedelta(days=1))
    assert late.exists()
    assert checking.problems() == []


def test_nothing_is_recorded_after_its_day():
    assert not FieldChange.objects.filter(recorded_at__gt=NOW).exists()
    assert not LeadEvent.objects.filter(happened_at__gt=NOW + timedelta(seconds=10)).exists()


def test_every_day_the_system_judges_all_who_may_qualify():
    for moment in Judgement.objects.values_list("at", flat=True).distinct()[::30]:
        batches = Judgement.objects.filter(at=moment).values_list("leads", flat=True)
        born = LeadEvent.objects.filter(name="captured", happened_at__lte=moment)
        may = stood(moment).filter(then_stage__in=["unqualified", "nurture"])
        outside = set(may.filter(pk__in=born.values("lead")).values_list("pk", flat=True))
        assert outside <= {pk for batch in batches for pk in batch}


def made(**fields):
    return LeadEvent.objects.filter(name="qualify", actor=None, **fields)


def plant_a_fact_without_its_change():
    edited = FieldChange.objects.filter(subject="company").values("subject_id")
    event = (
        made(details__path="band", lead__on_target_list=False)
        .exclude(lead__company__in=edited)
        .latest("pk")
    )
    with pgtrigger.ignore("leads.Company:record_changes"):
        Company.objects.filter(leads=event.lead).update(industry="Consulting", employees=1)
    return event


def plant_a_class_without_its_change():
    edited = FieldChange.objects.filter(subject="activity").values("subject_id")
    raised = made(details__origin="hand_raise", lead__on_target_list=False)
    event = raised.exclude(lead__activities__in=edited).earliest("pk")
    with pgtrigger.ignore("leads.Activity:record_class"):
        event.lead.activities.update(actor_class="bot")
    return event


def plant_a_fact_recorded_too_early():
    event = made(details__origin="target_list").earliest("pk")
    with recording(now=event.happened_at - timedelta(days=1)):
        Lead.objects.filter(pk=event.lead_id).update(do_not_contact=True)
    return event


def plant_another_agreement():
    event = made(details__agreement=2, details__origin="hand_raise").earliest("pk")
    with pgtrigger.ignore("handoff.Agreement:signed_is_fixed"):
        Agreement.objects.filter(version=2).update(in_force_from=NOW)
        Agreement.objects.filter(version=1).update(superseded_at=NOW)
    return event


def plant_a_hold():
    event = made().earliest("pk")
    with pgtrigger.ignore("leads.LeadEvent:append_only"), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE leads_leadevent SET details = jsonb_set(details, '{before,hold}', '"forever"')
            WHERE id = %s""",
            [event.pk],
        )
    return event


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (plant_a_fact_without_its_change, "no path holds with"),
        (plant_a_class_without_its_change, "no path holds with"),
        (plant_a_fact_recorded_too_early, "vetoed: asked not to be contacted"),
        (plant_another_agreement, "agreement v1, model v1"),
        (plant_a_hold, "on hold: for ever"),
    ],
)
def test_a_qualification_that_cannot_be_given_back_is_named(plant, said):
    event = plant()
    found = {one.lead_id: one for one in replaying.replay(event.happened_at)[0]}
    assert found[event.lead_id].history.startswith("qualified by")
    assert said in found[event.lead_id].replay


def test_a_qualification_that_history_lacks_is_named():
    """Somebody slips in, afterwards, what was known then."""
    moment = Judgement.objects.order_by("-at").values_list("at", flat=True)[60]
    lead = stood(moment).filter(
        then_stage="unqualified", then_hold="", created_at__lt=moment, company__country="DE",
        company__relationship="prospect", do_not_contact=False,
    ).exclude(job_title__icontains="student").first()  # fmt: skip
    assert replaying.replay(moment)[0] == []
    Activity.objects.create(lead=lead, kind="demo_request", happened_at=moment, recorded_at=moment)
    assert [(one.lead_id, one.history) for one in replaying.replay(moment)[0]] == [
        (lead.pk, "not qualified")
    ]


def test_a_stored_score_that_cannot_be_given_back_is_named():
    change = ScoreChange.objects.filter(engagement__gt=0).order_by("-at").first()
    with pgtrigger.ignore("leads.Activity:record_class"):
        Activity.objects.filter(lead=change.lead_id).update(actor_class="bot")
    found, compared, _ = recomputing.recompute((change.at, change.model))
    assert change.lead_id in {one.lead_id for one in found}
    assert compared >= len(found)


def test_the_command_says_so_and_fails():
    event, said = plant_a_fact_without_its_change(), StringIO()
    with pytest.raises(SystemExit):
        call_command("replay", "--since", f"{event.happened_at:%Y-%m-%d}", stdout=said)
    assert f"lead {event.lead_id} at {event.happened_at.isoformat()}: history" in said.getvalue()


def test_the_command_asks_for_a_date():
    with pytest.raises(CommandError, match="2026-02-30 is not a date"):
        call_command("replay", "--since", "2026-02-30")


def replayed(*args):
    said = StringIO()
    call_command("replay", "--json", *args, stdout=said)
    return json.loads(said.getvalue())


def test_people_fill_in_its_forms():
    states = set(Submission.objects.values_list("state", flat=True))
    assert states == {"taken_in", "confirmed", "suspected"}
    taken = Submission.objects.exclude(state="suspected")
    assert Activity.objects.filter(source__startswith="form ").count() == taken.count() > 15
    assert Consent.objects.filter(text_version="newsletter 1").count() == taken.count()
    assert not Consent.objects.filter(recorded_at__gt=NOW).exists()
