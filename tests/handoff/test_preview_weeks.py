"""Weekly MQLs, who enters and who leaves, in a world that can be counted by hand."""

import pytest
import time_machine

from handoff import agreements
from handoff.models import QualifyingPath, Veto
from handoff.preview import computing as preview
from leads.perform import perform
from leads.refusals import Missing
from scoring import versions
from tests.handoff import preview_world as world

pytestmark = pytest.mark.django_db


class Silent:
    """Progress that nobody watches."""

    def begin(self, total):
        self.left = total

    def step(self, words=""):
        self.left -= 1


def computed(**params):
    progress = Silent()
    with time_machine.travel(world.NOW, tick=False):
        result = preview.compute({"weeks": 4} | params, progress)
    assert progress.left == 0
    return result


@pytest.fixture
def draft():
    return world.a_draft(world.in_force())


@pytest.fixture
def people(draft):
    return world.people()


def listed(result, name):
    return [one["lead"] for one in result["moves"][name]["leads"]]


def test_a_week_counts_who_qualifies_at_its_end_and_did_not_before(draft, people):
    result = computed(model=draft.version)
    assert result["entered"] == {"now": [0, 1, 1, 3], "draft": [0, 1, 1, 3]}
    assert result["per_week"] == {"now": 1.25, "draft": 1.25}
    assert [(world.NOW - end).days for end in result["ends"]] == [21, 14, 7, 0]


def test_no_week_is_counted_before_there_was_a_lead(draft):
    world.LeadFactory(created_at=world.ago(10))
    assert [(world.NOW - end).days for end in computed(model=draft.version)["ends"]] == [7, 0]


def test_who_enters_leaves_and_stays_now(draft, people):
    result = computed(model=draft.version)
    assert listed(result, "enters") == [people["carl"].pk]
    assert listed(result, "leaves") == [people["anna"].pk]
    assert set(listed(result, "same")) == {people[name].pk for name in ("bert", "fritz", "ivo")}
    assert result["qualifying"] == {"now": 4, "draft": 4}


def test_the_reasons_are_the_rules_whose_points_moved_the_band(draft, people):
    moves = computed(model=draft.version)["moves"]
    (carl,), (anna,) = moves["enters"]["leads"], moves["leaves"]["leads"]
    assert (carl["now"], carl["draft"]) == ("D3", "A3")
    assert carl["because"] == ["job title contains energy, +40.00"]
    assert (anna["now"], anna["draft"]) == ("A3", "A4")
    assert anna["because"] == ["visited a page in the last 14 days, −5.00"]


def test_what_pulled_the_other_way_is_no_reason(draft, people):
    sweden = {"field": "lead.country", "op": "is", "value": "SE"}
    world.RuleFactory(model=draft, kind="fit", condition=sweden, points=-50)
    draft.rules.filter(points=40, condition=world.ENERGY).update(points=45)
    draft.rules.filter(points=-50).update(cap=5)
    (carl,) = computed(model=draft.version)["moves"]["enters"]["leads"]
    assert carl["because"] == ["job title contains energy, +45.00"]


def test_a_second_rule_that_asks_the_same_is_a_change_of_its_own(people):
    """Beside +10 for each visit, which stays, a new one gives +50 and fades."""
    draft = versions.duplicate(agreements.in_force().scoring_model)
    world.RuleFactory(
        model=draft, name="Fresh visit", condition=world.VIEWED, points=50, cap=50,
        decay="step", decay_days=14,
    )  # fmt: skip
    result = computed(model=draft.version)
    assert result["rules"] == [
        {
            "name": "Fresh visit",
            "condition": "Visited a page in the last 14 days",
            "now": "",
            "draft": "+50.00 each, up to 50.00, gone after 14 days",
        }
    ]
    because = {one["lead"]: one["because"] for one in result["moves"]["same"]["leads"]}
    assert because[people["anna"].pk] == ["fresh visit, +50.00"]


def test_scores_of_those_in_marketings_hands(draft, people):
    """Anna 50 → 45, Bert, Fritz and Ivo 60 → 50, Carl 20 → 50, Dora and Emil 40."""
    scores = computed(model=draft.version)["scores"]
    assert scores["now"] == [(20, 1), (40, 2), (50, 1), (60, 3)]
    assert scores["draft"] == [(40, 2), (45, 1), (50, 4)]


def test_a_model_against_itself_changes_nothing(people):
    agreement = agreements.in_force()
    result = computed(model=agreement.scoring_model.version)
    assert result["entered"]["now"] == result["entered"]["draft"] == [0, 1, 1, 3]
    assert not result["rules"]
    assert not listed(result, "enters")
    assert not listed(result, "leaves")


def test_batches_give_the_same(draft, people, monkeypatch):
    whole = computed(model=draft.version)
    monkeypatch.setattr(preview, "LEADS", 3)
    parts = computed(model=draft.version)
    assert parts == whole


def test_a_draft_agreement_is_judged_by_its_own_words(people):
    """Its matrix lets only A2 and better in, a path those from Sweden, a veto keeps Bert out."""
    agreement = agreements.duplicate(agreements.in_force())
    agreement.matrix.filter(grade="A3").update(action="leave")
    sweden = {"field": "lead.country", "op": "is", "value": "SE"}
    bert = {"field": "lead.first_name", "op": "is", "value": "bert"}
    QualifyingPath.objects.create(
        agreement=agreement, kind="system", name="Sweden", condition=sweden
    )
    Veto.objects.create(agreement=agreement, name="Not Bert", condition=bert)
    result = computed(agreement=agreement.version)
    assert listed(result, "enters") == [people["carl"].pk]
    because = {one["lead"]: one["because"] for one in result["moves"]["leaves"]["leads"]}
    assert because[people["bert"].pk] == ["veto “Not Bert”", "A3: leave instead of review"]
    assert because[people["anna"].pk] == ["A3: leave instead of review"]
    assert result["moves"]["enters"]["leads"][0]["because"] == ["path “Sweden”"]
    assert result["agreements"]["draft"] == agreement.version


def test_other_cut_offs_are_told(people):
    agreement = agreements.in_force()
    draft = versions.duplicate(agreement.scoring_model)
    draft.engagement_3, draft.engagement_2 = 15, 25
    draft.save()
    (anna,) = computed(model=draft.version)["moves"]["leaves"]["leads"]
    assert anna["because"] == ["engagement 3 from 15.00 instead of 10.00"]


def test_the_unknown_share_counts_who_sales_never_decided_on(draft, people):
    """Of Dora, Carl, Bert, Fritz and Gina none was decided; then Gina is accepted."""
    assert computed(model=draft.version)["unknown"]["draft"] == {"of": 5, "unknown": 5}
    call = {"discovery_at": world.ago(-2)}
    gina = people["gina"]
    perform(gina, "accept", by=gina.owner, now=world.ago(2), **call)
    assert computed(model=draft.version)["unknown"]["draft"] == {"of": 5, "unknown": 4}


def test_without_an_agreement_or_a_draft_it_is_refused():
    with pytest.raises(Missing):
        computed(model=1)
    world.in_force()
    with pytest.raises(Missing):
        computed(model=99)
    with pytest.raises(Missing):
        computed(agreement=99)
