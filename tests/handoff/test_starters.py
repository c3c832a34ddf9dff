"""Starter agreements are whole, and the one for education finds its MQLs in real data."""

import csv
import gzip
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from handoff import agreements, judging, starters
from handoff.models import Agreement
from leads.models import Attribute, Lead
from scoring.models import ScoringModel
from tests import story
from tests.factories import AttributeFactory

pytestmark = pytest.mark.django_db
REAL = settings.BASE_DIR.parent / "shared" / "data" / "x-education" / "train.csv.gz"
LETTERS = {
    "A": "Not our customer",
    "B": "Low intent",
    "C": "Suspect",
    "D": "Bad timing",
    "E": "No budget",
    "F": "No authority",
    "G": "Bad data",
    "H": "Duplicate, in pipeline",
    "I": "Do not contact",
    "J": "Misrouted",
    "K": "Spam or bot",
    "L": "Other, with a note",
}


@pytest.mark.parametrize("name", starters.NAMES)
def test_a_starter_is_whole(name):
    draft = starters.load(name)
    assert draft.status == "draft"
    assert not draft.scoring_model.is_published
    assert draft.matrix.count() == 16
    assert {path.kind for path in draft.paths.all()} == {"hand_raise", "target_list"}
    assert agreements.gaps(draft) == []
    draft.full_clean()
    for part in [*draft.paths.all(), *draft.vetoes.all(), *draft.scoring_model.rules.all()]:
        part.full_clean()


@pytest.mark.parametrize("name", starters.NAMES)
def test_the_reject_grid_has_its_twelve_letters(name):
    reasons = starters.load(name).reasons.filter(offered_at__contains=["reject"])
    assert {reason.letter: reason.label for reason in reasons} == LETTERS


def test_education_asks_for_no_more_than_an_email_address():
    assert [one.fact for one in starters.load("education").required.all()] == ["email"]


def test_loading_twice_gives_the_same_draft():
    assert starters.load("education") == starters.load("education")
    assert (Agreement.objects.count(), ScoringModel.objects.count()) == (1, 1)


def test_a_signed_starter_is_followed_by_a_new_draft():
    signed = story.agreement_in_force()
    assert starters.load("b2b_software").version == signed.version + 1


def test_the_command_loads_a_starter(capsys):
    call_command("load_starter", "b2b_software")
    assert "Agreement v1 “B2B software” is a draft" in capsys.readouterr().out


def test_the_command_knows_its_starters():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("load_starter", "bakery")


def test_attributes_that_an_import_has_made_are_used():
    AttributeFactory(code="total_visits", kind="number", label="Visits")
    starters.load("education")
    assert Attribute.objects.get(code="total_visits").label == "Visits"


def test_an_attribute_of_another_kind_is_named():
    AttributeFactory(code="total_visits", kind="text")
    with pytest.raises(ValidationError, match="does not fit a text"):
        starters.load("education")
    assert not Agreement.objects.exists()


def test_the_command_tells_of_it_in_words():
    AttributeFactory(code="total_visits", kind="text")
    with pytest.raises(CommandError, match="does not fit a text"):
        call_command("load_starter", "education")


@pytest.mark.skipif(not REAL.exists(), reason="The real data is not on this machine.")
@pytest.mark.parametrize("first", ["starter", "import"])
def test_education_makes_good_mqls_of_real_leads(first, tmp_path):
    file = tmp_path / "train.csv"
    file.write_bytes(gzip.decompress(REAL.read_bytes()))
    steps = [
        lambda: starters.load("education"),
        lambda: call_command("import_leads", file, stdout=StringIO()),
    ]
    for step in steps if first == "starter" else reversed(steps):
        step()
    story.signed(Agreement.objects.get())
    judging.judge_stale()
    mqls = Lead.objects.filter(stage="mql").values_list("external_id", flat=True)
    converted = {row["Prospect ID"]: int(row["Converted"]) for row in csv.DictReader(file.open())}
    assert 300 <= len(mqls) <= 800
    assert sum(converted[one] for one in mqls) / len(mqls) >= 0.9
