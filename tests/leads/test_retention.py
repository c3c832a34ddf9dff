"""What is old goes, by rules that are on, batch by batch; a killed run is gone on with."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from handoff.models import Judgement
from intake.models import CaptureForm, ImportChange, ImportJob, RejectedRow, Submission
from leads import erasing, retention
from leads.models import Activity, Lead, RetentionRule, RetentionRun, Tombstone
from leads.tasks import retain
from notify.models import Notice
from scoring.models import Computation
from tests import story
from tests.factories import ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=5 * 365)


@pytest.fixture(autouse=True)
def _rules():
    retention.rules()


def rule(kind, **changes):
    RetentionRule.objects.filter(kind=kind).update(**{"active": True} | changes)
    return RetentionRule.objects.get(kind=kind)


def old_rows():
    """One row of each kind, older than any rule; {kind: how many of it are left}"""
    user = UserFactory()
    lead = LeadFactory(created_at=OLD, stage_at=OLD)
    ActivityFactory(lead=lead, body="We spoke.", happened_at=OLD)
    job = ImportJob(created_at=OLD, finished_at=OLD, name="a.csv", state="done")
    job.columns = [{"name": "E-mail", "samples": ["ann@x.example"]}]
    job.file.save("a.csv", ContentFile(b"E-mail"))
    RejectedRow.objects.create(job=job, line=2, reason="x", values=[])
    ImportChange.objects.create(job=job, subject="lead", subject_id=0)
    form = CaptureForm.objects.create(name="Demo", slug="demo")
    Submission.objects.create(form=form, state="dropped", payload={}, received_at=OLD)
    Notice.objects.create(user=user, kind="offered", text="x", url="/", created_at=OLD)
    Judgement.objects.create(at=OLD, leads=[lead.pk])
    Computation.objects.create(
        kind="checks", state="failed", created_at=OLD, heartbeat_at=OLD, finished_at=OLD
    )
    return {
        "leads": Lead.objects.filter(erased_at=None),
        "activities": Activity.objects.exclude(body=""),
        "forms": Submission.objects.all(),
        "import_files": ImportJob.objects.exclude(file=""),
        "import_rows": RejectedRow.objects.all(),
        "import_changes": ImportChange.objects.all(),
        "notices": Notice.objects.all(),
        "judgements": Judgement.objects.all(),
        "computations": Computation.objects.all(),
    }


def test_a_month_is_a_month():
    assert retention.before(NOW, 6) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert retention.before(NOW, 20) == datetime(2024, 12, 31, 12, tzinfo=UTC)


def test_only_files_and_the_undo_log_go_unasked():
    active = {one.kind for one in retention.rules() if one.active}
    assert active == {"import_files", "import_changes"}
    assert {one.kind for one in retention.rules()} == set(settings.RETENTION)


@pytest.mark.parametrize("kind", sorted(settings.RETENTION))
def test_each_kind_goes_alone_and_only_when_old(kind):
    left = old_rows()
    assert set(left) == set(settings.RETENTION)
    RetentionRule.objects.update(active=False)
    one = rule(kind, months=240)
    assert retention.run(now=NOW)[0].dropped == 0
    one.months = 12
    one.save()
    assert retention.would_drop(one, now=NOW) == 1
    (run,) = retention.run(now=NOW)
    assert (run.dropped, run.error, run.finished_at is not None) == (1, "", True)
    gone = {name for name, rows in left.items() if not rows.exists()}
    # An erased person has no words left either, and imports know them no more.
    assert gone == ({"leads", "activities"} if kind == "leads" else {kind})
    assert retention.run(now=NOW)[0].dropped == 0


def test_a_rule_that_is_off_takes_nothing():
    left = old_rows()
    RetentionRule.objects.update(active=False)
    assert retention.run(now=NOW) == []
    assert all(rows.exists() for rows in left.values())


@pytest.mark.parametrize("sign", ["activity", "touch", "event", "stage", "working", "merged"])
def test_who_gave_a_sign_of_life_stays(sign):
    lead = LeadFactory(created_at=OLD, stage_at=OLD)
    if sign == "activity":
        ActivityFactory(lead=lead, happened_at=NOW - timedelta(days=3))
    if sign == "touch":
        lead.touches.create(happened_at=NOW, recorded_at=NOW)
    if sign == "event":
        lead.events.create(name="exported", happened_at=NOW, score=0)
    if sign == "stage":
        Lead.objects.update(stage_at=NOW)
    if sign == "working":
        lead = story.an_mql(created_at=OLD)
        Lead.objects.filter(pk=lead.pk).update(stage_at=OLD)
    if sign == "merged":
        Lead.objects.update(merged_into=LeadFactory())
    rule("leads", months=12)
    retention.run(now=NOW)
    assert not Lead.objects.get(pk=lead.pk).erased_at


def test_who_is_only_too_old_may_come_back():
    lead = LeadFactory(email="ann@x.example", created_at=OLD, stage_at=OLD)
    rule("leads", months=12)
    retention.run(now=NOW)
    left = Lead.objects.get()
    assert (left.stage, left.email, left.do_not_contact) == ("unqualified", "", True)
    assert lead.events.get(name="erased").actor is None
    assert not Tombstone.objects.exists()


def test_batches_and_a_run_that_was_killed(monkeypatch):
    monkeypatch.setattr(retention, "SOME", 2)
    RetentionRule.objects.update(active=False)
    ids = [LeadFactory(created_at=OLD, stage_at=OLD).pk for _ in range(5)]
    rule("leads", months=12)
    erase, calls = erasing.erase, []

    def killed(lead_ids, **options):
        if len(calls) == 1:
            raise SystemExit
        calls.append(lead_ids)
        return erase(lead_ids, **options)

    monkeypatch.setattr(erasing, "erase", killed)
    with pytest.raises(SystemExit):
        retention.run(now=NOW)
    run = RetentionRun.objects.get()
    assert (run.dropped, run.finished_at) == (2, None)
    monkeypatch.setattr(erasing, "erase", erase)
    (again,) = retention.run(now=NOW)
    assert again.dropped == 3
    assert not Lead.objects.filter(pk__in=ids, erased_at=None).exists()


def test_a_rule_that_fails_says_so_and_the_others_run(monkeypatch):
    old_rows()
    for kind in ("leads", "notices"):
        rule(kind, months=12)

    def broken(*_args, **_options):
        raise ValueError("no")

    monkeypatch.setattr(erasing, "erase", broken)
    runs = {run.rule.kind: run for run in retention.run(now=NOW, only=["leads", "notices"])}
    assert (runs["leads"].error, runs["leads"].dropped) == ("no", 0)
    assert runs["notices"].dropped == 1


def said(*args):
    out = io.StringIO()
    call_command("retain", *args, stdout=out)
    return out.getvalue()


def test_the_command_counts_unless_told_to_apply():
    left = old_rows()
    assert "notices (off, 12 months): 1 would go" in said()
    assert "import_files (on, 12 months): 1 would go" in said("--only", "import_files")
    assert left["import_files"].exists()
    assert said("--apply", "--only", "import_files") == "import_files: 1 gone\n"
    assert not left["import_files"].exists()
    with pytest.raises(CommandError, match="No such kind: x"):
        said("--only", "x")


def test_the_scheduler_does_it_each_night():
    left = old_rows()
    retain()
    assert not left["import_files"].exists()
    assert left["leads"].exists()
    run = RetentionRun.objects.filter(rule__kind="import_files").get()
    assert run.started_at > timezone.now() - timedelta(minutes=5)
    entry = settings.CELERY_BEAT_SCHEDULE["retain"]
    assert entry["task"] == "leads.tasks.retain"
