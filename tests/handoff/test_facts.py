"""What discovery found out is a fact that rules may read, so that it marks its lead."""

import pytest
from django.utils import timezone

from handoff.facts import FACTS
from handoff.models import BantAnswer, Discovery
from leads.models import StaleLead
from tests.factories import LeadFactory, RepFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [BantAnswer, Discovery])
def test_an_answer_marks_its_lead(model):
    lead, now = LeadFactory(), timezone.now()
    said = {
        BantAnswer: {"question": "need", "value": "yes", "recorded_at": now},
        Discovery: {"held_at": now, "outcome": "no_answer"},
    }[model]
    StaleLead.objects.all().delete()
    model.objects.create(lead=lead, by=RepFactory(), **said)
    assert list(StaleLead.objects.values_list("lead_id", flat=True)) == [lead.pk]


def test_each_question_is_a_field():
    keys = {f"bant.{question}" for question in BantAnswer.Question}
    assert {one.key for one in FACTS} == keys | {"discovery.right_contact"}
