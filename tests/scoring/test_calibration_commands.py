"""The shell of a data team: calibrate, score."""

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads.models import Lead
from scoring.models import ScoringModel
from tests.factories import ActivityFactory, LeadFactory, RuleFactory, ScoringModelFactory
from tests.scoring.outcomes import NOW, planted

pytestmark = pytest.mark.django_db


def said(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_calibrate_prints_its_report_and_makes_the_draft():
    planted(700)
    text = said(
        "calibrate", "--outcome", "attr.converted", "--order-by", "attr.number",
        "--train-before", "490", "--draft", "From outcomes",
    )  # fmt: skip
    assert "Learnt from the 490 older leads, tested on the 210 newer ones" in text
    assert "  Industry is Metal: " in text
    assert "On the newer leads: AUC 0." in text
    draft = ScoringModel.objects.get(name="From outcomes")
    assert f"Draft: {draft} with {draft.rules.count()} rules" in text


def test_calibrate_as_json():
    planted(200, shuffled=True)
    report = json.loads(said("calibrate", "--outcome", "attr.converted", "--json", "--draft", "x"))
    assert (report["suggests"], report["draft"]) == (False, None)


def test_calibrate_says_what_it_cannot_do():
    with pytest.raises(CommandError, match="is no outcome"):
        said("calibrate", "--outcome", "luck")
    planted(60, shuffled=True)
    text = said("calibrate", "--outcome", "attr.converted", "--draft", "x")
    assert text.rstrip().splitlines()[-1].startswith("Nothing is suggested. ")
    assert not ScoringModel.objects.exists()


def test_score_writes_the_scores_of_a_published_model():
    model = ScoringModelFactory(name="Visits")
    RuleFactory(model=model, condition={"did": "page_view"}, points=5)
    lead = LeadFactory()
    ActivityFactory(lead=lead, happened_at=NOW)
    with pytest.raises(CommandError, match="is a draft"):
        said("score", "--model", "Visits")
    model.published_at = NOW
    model.save()
    assert "1 leads have a new score" in said("score", "--model", str(model.version))
    assert Lead.objects.get(pk=lead.pk).score == 5


def test_scores_of_the_past_are_told_and_not_written():
    model = ScoringModelFactory(name="Visits", engagement_3=5)
    RuleFactory(model=model, condition={"did": "page_view"}, points=5)
    lead = LeadFactory(created_at=NOW - timedelta(days=2))
    LeadFactory(created_at=NOW)
    ActivityFactory(lead=lead, happened_at=NOW - timedelta(days=1))
    told = [
        said("score", "--model", "Visits", "--as-of", (NOW - age).isoformat()).split()
        for age in (timedelta(days=3), timedelta(hours=36), timedelta(hours=1), timedelta())
    ]
    assert [line[:3] for line in told] == [
        [],
        ["D4", "1", "0.00"],
        ["D3", "1", "5.00"],
        ["D3", "1", "5.00"],
    ]
    assert Lead.objects.get(pk=lead.pk).score == 0
    with pytest.raises(CommandError, match="nobody knows"):
        said("score", "--model", "Visits", "--as-of", "2100-01-01")


@pytest.mark.parametrize("args", [["--model", "Nowhere"], ["--model", "99"], ["--model", "٣"]])
def test_score_needs_a_model_that_is_there(args):
    with pytest.raises(CommandError, match="There is no scoring model"):
        said("score", *args)


def test_a_moment_that_is_none_is_told():
    with pytest.raises(CommandError, match="--as-of"):
        said("score", "--model", "x", "--as-of", "yesterday")


def test_web_and_worker_start_without_the_libraries_of_calibration():
    start = "import sys, leadops.wsgi, leadops.urls, scoring.tasks, scoring.computing;"
    loaded = "print({'numpy', 'scipy', 'sklearn'} & set(sys.modules))"
    command = [sys.executable, "-c", f"{start} {loaded}"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "set()\n"
