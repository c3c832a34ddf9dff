"""Starter agreements are whole, and the one for education finds its MQLs in real data."""

import csv
import gzip

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.text import slugify

from handoff import agreements, judging, starters
from handoff.models import Agreement
from leads.models import Attribute, Lead, LeadAttributes
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
    AttributeFactory(code="totalvisits", kind="number", label="Visits")
    starters.load("education")
    assert Attribute.objects.get(code="totalvisits").label == "Visits"


def test_an_attribute_of_another_kind_is_named():
    AttributeFactory(code="totalvisits", kind="text")
    with pytest.raises(ValidationError, match="does not fit a text"):
        starters.load("education")
    assert not Agreement.objects.exists()


def test_the_command_tells_of_it_in_words():
    AttributeFactory(code="totalvisits", kind="text")
    with pytest.raises(CommandError, match="does not fit a text"):
        call_command("load_starter", "education")


@pytest.mark.skipif(not REAL.exists(), reason="The real data is not on this machine.")
def test_education_makes_good_mqls_of_real_leads():
    story.agreement_in_force(starter="education")
    converted = _read_real_leads()
    judging.judge_stale()
    mqls = Lead.objects.filter(stage="mql").values_list("external_id", flat=True)
    assert 300 <= len(mqls) <= 800
    assert sum(converted[one] for one in mqls) / len(mqls) >= 0.9


def _read_real_leads():
    """Create the leads as an import would. Returns {external id: converted}."""
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        rows = [
            {key: "" if value == "Select" else value for key, value in row.items()}
            for row in csv.DictReader(file)
        ]
    kinds = dict(Attribute.objects.values_list("code", "kind"))
    now = timezone.now()
    leads = Lead.objects.bulk_create(
        Lead(
            email=row["Email"],
            external_id=row["Prospect ID"],
            source=row["Lead Source"],
            created_at=now,
            stage_at=now,
        )
        for row in rows
    )
    LeadAttributes.objects.bulk_create(
        LeadAttributes(lead=lead, values=_typed(row, kinds))
        for lead, row in zip(leads, rows, strict=True)
    )
    return {row["Prospect ID"]: int(row["Converted"]) for row in rows}


def _typed(row, kinds):
    read = {"number": float, "boolean": lambda value: value == "Yes", "text": str}
    named = {slugify(header).replace("-", "_"): value for header, value in row.items()}
    return {code: read[kinds[code]](named[code]) for code in kinds if named.get(code)}
