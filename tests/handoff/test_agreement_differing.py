"""The difference of two versions: no column and no part can change unseen."""

import pytest
from django.db import transaction

from accounts.models import WorkCalendar
from handoff import agreements, differing, wording
from handoff.agreements import _COPIED
from handoff.models import Agreement
from tests import story

pytestmark = pytest.mark.django_db
WORDS = {"title", "goal", "mql_words", "sal_words", "sql_words"}
OTHER = dict.fromkeys(WORDS, "Other words") | {
    "goal_from": "2026-01-01", "goal_until": "2027-01-01", "minimum_grade": "D4",
    "budget_at_least": "yes", "authority_at_least": "yes", "need_at_least": "partly",
    "timeline_at_least": "yes", "margin": 9, "exploration_share": 2, "bant_bar": 4,
    "touch_minutes": 75, "starts_on": "2026-05-05",
}  # fmt: skip


@pytest.fixture
def draft():
    return agreements.duplicate(story.agreement_in_force())


def changes(draft):
    """{title: Changes} against the version in force, read anew."""
    before, after = Agreement.objects.get(version=1), Agreement.objects.get(pk=draft.pk)
    return dict(differing.difference(before, after))


def test_a_copy_says_the_same_but_for_the_name_of_its_model(draft):
    assert list(changes(draft)) == ["Scoring model"]
    draft.scoring_model = agreements.in_force().scoring_model
    draft.save()
    assert changes(draft) == {}


def unseen(draft, acts):
    """The names of those acts after which the difference, or the digest, is as before."""
    same = _seen(draft)
    return [name for name, act in acts.items() if not _differs(same, _after(draft, act))]


def _after(draft, act):
    with transaction.atomic():
        assert act(draft)
        seen = _seen(draft)
        transaction.set_rollback(True)
    return seen


def _seen(draft):
    return changes(draft), differing.digest(Agreement.objects.get(pk=draft.pk))


def _differs(before, after):
    return before[0] != after[0] and before[1] != after[1]


def test_no_column_changes_unseen(draft):
    assert unseen(draft, {name: _set(draft, name) for name in [*_COPIED, "starts_on"]}) == []


def _set(draft, column):
    if column == "calendar":
        value = WorkCalendar.objects.create(name="Kassel")
    else:
        value = OTHER[column] if column in OTHER else getattr(draft, column) + 1
    assert getattr(draft, column) != value
    return lambda d: Agreement.objects.filter(pk=d.pk).update(**{column: value})


CONDITION = {"field": "lead.country", "op": "is", "value": "NZ"}
PARTS = {
    "cell": lambda d: d.matrix.filter(grade="C2").update(action="review"),
    "path": lambda d: d.paths.update(condition=CONDITION),
    "path at once": lambda d: d.paths.filter(kind="target_list").update(at_once=True),
    "path of another kind": lambda d: d.paths.filter(kind="hand_raise").update(kind="system"),
    "veto": lambda d: d.vetoes.filter(name="competitor").update(condition=CONDITION),
    "no veto": lambda d: d.vetoes.filter(name="competitor").delete(),
    "renamed veto": lambda d: d.vetoes.filter(name="competitor").update(name="rival"),
    "required": lambda d: d.required.create(fact="interest"),
    "not required": lambda d: d.required.filter(fact="phone").delete(),
    "promise": lambda d: d.commitments.filter(measure="rejected").update(value=20),
    "no promise": lambda d: d.commitments.filter(measure="mqls").delete(),
    "question": lambda d: d.questions.filter(code="decision").update(text="Who decides?"),
    "needed question": lambda d: d.questions.filter(code="decision").update(is_required=True),
    "detail": lambda d: d.reasons.get(code="bad_timing").details.first().delete(),
    "dated detail": lambda d: d.reasons.get(code="low_intent").details.update(needs_date=True),
    "model": lambda d: d.scoring_model.rules.filter(name="Looked at prices").update(points=7),
    "bands": lambda d: type(d.scoring_model).objects.filter(pk=d.scoring_model_id).update(fit_a=41),
} | {
    f"reason {column}": lambda d, column=column, value=value: d.reasons.filter(
        code="bad_timing"
    ).update(**{column: value})
    for column, value in {
        "label": "Not now", "letter": "L", "offered_at": ["reject"], "goes_to": "unqualified",
        "hold": "data", "hold_days": 77, "needs_note": True, "suppresses": True,
        "teaches": "patience",
    }.items()
}  # fmt: skip


def test_no_part_changes_unseen(draft):
    draft.reasons.filter(letter="L").update(letter="")
    assert unseen(draft, PARTS) == []


def test_the_check_sees_what_changes_nothing(draft):
    """Else it could not fail."""
    assert unseen(draft, {"nothing": lambda d: d.matrix.update(agreement=d)}) == ["nothing"]


def test_a_change_says_before_and_after(draft):
    draft.commitments.filter(measure="rejected").update(value=20)
    draft.vetoes.filter(name="competitor").delete()
    draft.required.create(fact="interest")
    draft.questions.filter(code="decision").update(text="Who decides?")
    draft.scoring_model.rules.filter(name="Looked at prices").update(points=7)
    found = changes(draft)
    said = {title: [(c.what, c.before, c.after) for c in rows] for title, rows in found.items()}
    assert said["Both sides promise"] == [("Rejected by sales", "≤ 25 %", "≤ 20 %")]
    assert said["Vetoes"] == [("competitor", "company relationship is Competitor", "")]
    assert said["Data before handing off"] == [("Interest", "", "required")]
    assert said["Own questions"] == [
        ("Who decides?", "How do they decide?: asked", "Who decides?: asked")
    ]
    assert said["Points"] == [("Looked at prices: points", "5.00 each", "7.00 each")]


def test_a_page_of_a_version_costs_the_same_for_two(draft, django_assert_max_num_queries):
    both = list(Agreement.objects.select_related("scoring_model"))
    with django_assert_max_num_queries(11):
        wording.told(*both)
