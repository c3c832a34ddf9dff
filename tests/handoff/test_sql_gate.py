"""The gate to SQL: one function for what is recorded and for what is being typed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from handoff import bant, questions, sql_gate
from handoff.definition import Definition
from handoff.models import Agreement, BantAnswer, Discovery, Question, QuestionAnswer
from leads.perform import perform
from leads.refusals import Missing
from tests import story
from tests.factories import RepFactory

NOW = timezone.now()
ALL = list(BantAnswer.Question)
PARTLY = dict.fromkeys(ALL, ("partly", "stated", ""))
VALUES, LEASTS = ["unknown", "no", "partly", "yes"], ["", "partly", "yes"]


def rules(required=(), **changes):
    """A Definition of an agreement that is in no database."""
    agreement = Agreement(**{"bant_bar": 3, "stated_bar": 0} | changes)
    asked = [Question(code=code, text=f"{code}?", is_required=code in required) for code in "ab"]
    return Definition(agreement, {}, [], [], [], [], asked, [], None)


def judged(said, replied=None, **options):
    return sql_gate.gate(rules(**options), said, replied or {})


def states(gate):
    return [line.state for line in gate.lines]


def test_three_of_four_reach_a_bar_of_three():
    said = PARTLY | {"authority": ("no", "stated", "")}
    gate = judged(said)
    assert (gate.is_met, gate.met, gate.bar) == (True, 3, 3)
    assert states(gate) == ["met", "not", "met", "met"]


def test_below_the_bar_the_open_ones_are_named_and_lead_to_their_field():
    gate = judged({"need": ("yes", "stated", "")})
    assert gate.gaps == [
        (
            "budget_evidence",
            "1 of 3 BANT answers are partly or yes; open: Budget, Authority, Timeline.",
        )
    ]
    assert [line.url for line in gate.lines if line.state == "missing"] == [
        "#id_budget_evidence", "#id_authority_evidence", "#id_timeline_evidence",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "least", "is_met"),
    [("partly", "partly", True), ("yes", "partly", True), ("no", "partly", False),
     ("unknown", "partly", False), ("partly", "yes", False), ("yes", "yes", True)],
)  # fmt: skip
def test_a_question_may_need_more(value, least, is_met):
    said = PARTLY | {"authority": (value, "stated", "")}
    gate = judged(said, authority_at_least=least)
    assert gate.is_met is is_met
    assert ["authority_evidence"] * (not is_met) == [field for field, _words in gate.gaps]


@pytest.mark.parametrize(("stated", "is_met"), [(0, False), (1, False), (2, True), (3, True)])
def test_so_many_must_be_stated(stated, is_met):
    said = {q: ("yes", "stated" if n < stated else "inferred", "") for n, q in enumerate(ALL)}
    gate = judged(said, stated_bar=2)
    assert gate.is_met is is_met
    assert gate.lines[-1].label == "Also: 2 of them stated"


def test_an_answer_of_no_is_not_a_stated_one():
    said = dict.fromkeys(ALL, ("yes", "inferred", "")) | {"budget": ("no", "stated", "")}
    assert not judged(said, stated_bar=1).is_met


def test_a_required_question_must_be_answered():
    assert judged(PARTLY, required="a").gaps == [("own-a", "Not answered: a?")]
    assert not judged(PARTLY, {"a": "  "}, required="a").is_met
    assert judged(PARTLY, {"a": "In a group"}, required="a").is_met


@given(
    said=st.fixed_dictionaries(
        {q: st.tuples(st.sampled_from(VALUES), st.sampled_from(["stated", "inferred"]), st.just(""))
         for q in ALL}
    ),
    leasts=st.tuples(*[st.sampled_from(LEASTS)] * 4),
    bars=st.integers(0, 4).flatmap(lambda bar: st.tuples(st.just(bar), st.integers(0, bar))),
    reply=st.sampled_from(["", "so"]),
)  # fmt: skip
def test_it_holds_exactly_when_each_demand_does(said, leasts, bars, reply):
    rank = VALUES.index
    demands = {f"{q}_at_least": least for q, least in zip(ALL, leasts, strict=True)}
    counts = [one for one in said.values() if rank(one[0]) >= rank("partly")]
    expected = (
        len(counts) >= bars[0]
        and sum(basis == "stated" for _value, basis, _ in counts) >= bars[1]
        and all(
            not least or rank(said[q][0]) >= rank(least)
            for q, least in zip(ALL, leasts, strict=True)
        )
        and bool(reply)
    )
    more = {"bant_bar": bars[0], "stated_bar": bars[1], "required": "a", **demands}
    gate = judged(said, {"a": reply}, **more)
    assert gate.is_met is expected
    assert gate.is_met is not any(line.state == "missing" for line in gate.lines)


@pytest.mark.django_db
def test_the_move_is_refused_for_the_same_reason_with_a_link_to_the_field():
    rep = RepFactory()
    lead = story.accepted(by=rep, now=NOW)
    Discovery.objects.create(lead=lead, by=rep, held_at=NOW, outcome="ready")
    bant.record(lead, PARTLY, by=rep, now=NOW)
    with pytest.raises(Missing, match="Need is partly; yes is needed") as refused:
        perform(lead, "qualify_sales", by=rep, now=NOW, next_step_at=NOW + timedelta(days=1))
    page = reverse("handoff:discovery", args=[lead.pk])
    assert refused.value.url == f"{page}#id_need_evidence"
    bant.record(lead, {"need": ("yes", "stated", "")}, by=rep, now=NOW + timedelta(minutes=1))
    moved = perform(lead, "qualify_sales", by=rep, now=NOW, next_step_at=NOW + timedelta(days=1))
    assert moved.stage == "sql"


@pytest.mark.django_db
def test_the_latest_answer_to_an_own_question_counts_and_older_ones_stay():
    rep, lead = RepFactory(), story.a_lead()
    for minute, text in enumerate(["By the board", "By the board", "By Sara"]):
        at = NOW + timedelta(minutes=minute)
        questions.record(lead, {"decision": text, "other": ""}, by=rep, now=at)
    assert questions.answers([lead.pk])[lead.pk]["decision"].text == "By Sara"
    told = QuestionAnswer.objects.order_by("recorded_at").values_list("code", "text")
    assert list(told) == [("decision", "By the board"), ("decision", "By Sara")]
