"""A model in force without asking for signatures: signed all the same, and never in production."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import MARKETING_MANAGER
from handoff import agreements, starters
from handoff.models import Agreement
from leads.models import StaleLead
from scoring.models import ScoringModel
from tests.factories import LeadFactory, RuleFactory, ScoringModelFactory, UserFactory
from tests.story import agreement_in_force

pytestmark = pytest.mark.django_db


def put_in_force(*args):
    out = StringIO()
    call_command("put_in_force", *args, stdout=out)
    return out.getvalue().strip()


def a_draft(**fields):
    model = ScoringModelFactory(**fields)
    RuleFactory(model=model)
    return model


def test_two_managers_sign_who_are_hired_where_there_are_none():
    manager = UserFactory(role=MARKETING_MANAGER)
    model = a_draft(version=77, name="From outcomes")
    lead = LeadFactory()
    StaleLead.objects.all().delete()
    said = put_in_force("From outcomes", "--starter", "education")
    current = agreements.in_force()
    assert said == f"{current} is in force, with From outcomes (model v77)."
    assert current.scoring_model_id == model.pk
    assert current.scoring_model.is_published
    signers = {one.side: one.user for one in current.signatures.all()}
    assert signers["marketing"] == manager
    assert not signers["sales"].has_usable_password()
    assert set(StaleLead.objects.values_list("lead_id", flat=True)) == {lead.pk}


def test_the_agreement_in_force_goes_on_with_the_other_model():
    before = agreement_in_force(goal="40 new customers")
    models = ScoringModel.objects.count()
    model = a_draft(version=77)
    put_in_force("77")
    current = agreements.in_force()
    assert (current.goal, current.version) == ("40 new customers", before.version + 1)
    assert current.matrix.count() == before.matrix.count()
    assert (current.scoring_model_id, ScoringModel.objects.count()) == (model.pk, models + 1)


def test_a_draft_agreement_comes_in_force_as_it_is():
    draft = starters.load("education")
    said = put_in_force("--agreement", str(draft.version))
    assert said == f"{draft} is in force, with {draft.scoring_model}."
    assert agreements.in_force() == draft
    with pytest.raises(CommandError, match="no agreement v99"):
        put_in_force("--agreement", "99")


def test_production_asks_for_signatures(settings):
    settings.PRODUCTION = True
    a_draft(version=77)
    with pytest.raises(CommandError, match="two managers sign"):
        put_in_force("77")
    assert not Agreement.objects.exists()


def test_what_cannot_be_put_in_force_is_told():
    with pytest.raises(CommandError, match="There is no scoring model"):
        put_in_force("Nowhere")
    ScoringModelFactory(version=78)
    with pytest.raises(CommandError, match="has no rules"):
        put_in_force("78")
    assert agreements.in_force() is None
