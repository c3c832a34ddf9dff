"""A rule on an attribute that was archived since still scores, and says so."""

import pytest
from django.utils import timezone

from leads.models import Lead
from scoring.scores import ledger, rescore
from tests.factories import AttributeFactory, LeadFactory, RuleFactory

pytestmark = pytest.mark.django_db


def test_a_rule_on_an_archived_attribute(client, admin_client):
    tier = AttributeFactory(code="tier", label="Tier")
    rule = RuleFactory(condition={"field": "attr.tier", "op": "is", "value": "gold"})
    lead = LeadFactory(values={"tier": "gold"})
    tier.archived_at = timezone.now()
    tier.save()
    assert rescore([lead.pk], rule.model, now=timezone.now()) == 1
    lead = Lead.objects.get(pk=lead.pk)
    assert lead.score == rule.points
    lines = ledger(lead, model=rule.model).lines
    assert [line.label for line in lines] == ["Tier (archived) is gold"]
    page = admin_client.get(f"/admin/scoring/scoringmodel/{rule.model_id}/change/")
    assert "“Tier” is archived" in page.content.decode()
