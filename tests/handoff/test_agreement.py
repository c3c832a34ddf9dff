"""The agreement: two people sign it, one version is in force, signed words never change."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import agreements, starters
from handoff.models import (
    Agreement,
    MatrixCell,
    QualifyingPath,
    Reason,
    ReasonDetail,
    RequiredField,
    Signature,
    Veto,
)
from leads.models import StaleLead
from leads.refusals import Conflict, Forbidden, Missing
from scoring import versions
from scoring.models import Rule, ScoringModel
from tests import story
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
PARTS = [MatrixCell, QualifyingPath, Veto, RequiredField, Reason, ReasonDetail]


@pytest.fixture
def draft():
    return starters.load("b2b_software")


@pytest.fixture
def marketing():
    return UserFactory(role=MARKETING_MANAGER)


@pytest.fixture
def sales():
    return UserFactory(role=SALES_MANAGER)


def sign(agreement, user, side):
    return agreements.sign(agreement, by=user, side=side, now=timezone.now())


def refused_by_postgresql(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    return True


def test_two_managers_put_a_draft_in_force(draft, marketing, sales):
    signed = sign(draft, marketing, "marketing")
    assert (signed.status, agreements.in_force()) == ("signed", None)
    current = sign(signed, sales, "sales")
    assert current == agreements.in_force()
    assert current.in_force_from


def test_the_first_signature_publishes_the_scoring_model(draft, marketing):
    sign(draft, marketing, "marketing")
    model = ScoringModel.objects.get(pk=draft.scoring_model_id)
    assert model.is_published
    assert refused_by_postgresql(lambda: model.rules.update(points=99))
    assert refused_by_postgresql(lambda: Rule.objects.filter(model=model).delete())
    other = versions.duplicate(model)
    assert refused_by_postgresql(lambda: model.rules.update(model=other))


def test_the_sides_sign_in_any_order(draft, marketing, sales):
    sign(draft, sales, "sales")
    assert sign(draft, marketing, "marketing").status == "in_force"


@pytest.mark.parametrize("side", ["marketing", "sales"])
def test_only_the_manager_of_a_side_signs_for_it(draft, marketing, sales, side):
    other = {"marketing": sales, "sales": marketing}[side]
    for user in (other, UserFactory()):
        with pytest.raises(Forbidden, match="may not sign"):
            sign(draft, user, side)


def test_one_person_does_not_sign_for_both_sides(draft):
    both = UserFactory(role=MARKETING_MANAGER, is_superuser=True)
    sign(draft, both, "marketing")
    with pytest.raises(Conflict, match="two different people"):
        sign(draft, both, "sales")
    twice = Signature(agreement=draft, side="sales", user=both, signed_at=timezone.now())
    assert refused_by_postgresql(twice.save)


def test_nobody_signs_twice_for_a_side(draft, marketing):
    sign(draft, marketing, "marketing")
    with pytest.raises(Conflict, match="has signed for marketing already"):
        sign(draft, UserFactory(role=MARKETING_MANAGER), "marketing")


def test_a_version_in_force_is_not_signed_again(marketing):
    current = story.agreement_in_force()
    with pytest.raises(Conflict, match="in force already"):
        sign(current, marketing, "marketing")


def test_a_draft_with_gaps_is_not_signed(draft, marketing):
    draft.reasons.filter(offered_at__contains=["reject"]).delete()
    draft.scoring_model.rules.all().delete()
    with pytest.raises(Missing, match=r"offered at: reject.*has no rules"):
        sign(draft, marketing, "marketing")


def test_an_outdated_version_does_not_replace_a_newer_one(draft, marketing, sales):
    sign(draft, marketing, "marketing")
    newer = story.agreement_in_force()
    with pytest.raises(Conflict, match="is newer"):
        sign(draft, sales, "sales")
    assert agreements.in_force() == newer


def test_the_next_version_supersedes_the_one_before():
    first, second = story.agreement_in_force(), story.agreement_in_force()
    first.refresh_from_db()
    assert (first.status, first.superseded_at) == ("superseded", second.in_force_from)
    assert agreements.in_force() == second
    assert (second.version, second.scoring_model.version) == (2, 2)


def test_a_new_version_judges_every_lead_again():
    lead = LeadFactory()
    StaleLead.objects.all().delete()
    story.agreement_in_force()
    assert lead.pk in StaleLead.objects.values_list("lead_id", flat=True)


@pytest.mark.parametrize("signatures", [0, 1])
def test_postgresql_wants_two_signatures_before_a_version_is_in_force(draft, marketing, signatures):
    if signatures:
        sign(draft, marketing, "marketing")
    row = Agreement.objects.filter(pk=draft.pk)
    assert refused_by_postgresql(lambda: row.update(status="in_force"))


def test_postgresql_lets_no_version_go_back(draft, marketing):
    current = story.agreement_in_force()
    for status in ("draft", "signed"):
        row = Agreement.objects.filter(pk=current.pk)
        assert refused_by_postgresql(lambda row=row, status=status: row.update(status=status))


def test_postgresql_keeps_one_version_in_force(draft, marketing, sales):
    first = story.agreement_in_force()
    second = story.agreement_in_force()
    row = Agreement.objects.filter(pk=first.pk)
    assert refused_by_postgresql(lambda: row.update(status="in_force"))
    assert agreements.in_force() == second


@pytest.mark.parametrize("status", ["signed", "in_force", "superseded"])
def test_postgresql_fixes_a_signed_version(status):
    agreement = _version_that_is(status)
    row = Agreement.objects.filter(pk=agreement.pk)
    assert refused_by_postgresql(lambda: row.update(margin=99))
    assert refused_by_postgresql(lambda: row.update(title="New words"))
    with connection.cursor() as cursor:
        sql = "DELETE FROM handoff_agreement WHERE id = %s"
        assert refused_by_postgresql(lambda: cursor.execute(sql, [agreement.pk]))
    assert refused_by_postgresql(lambda: Signature.objects.all().delete())
    assert refused_by_postgresql(lambda: Signature.objects.update(side="sales"))


@pytest.mark.parametrize("status", ["signed", "in_force", "superseded"])
def test_postgresql_fixes_every_part_of_a_signed_version(status):
    agreement = _version_that_is(status)
    draft = starters.load("b2b_software")
    for part in PARTS:
        row = part.objects.filter(agreement=agreement)
        copy = row.first()
        copy.pk = None
        assert refused_by_postgresql(lambda row=row: row.update(id=-1)), part
        assert refused_by_postgresql(lambda row=row: row.update(agreement=draft)), part
        assert refused_by_postgresql(lambda row=row: row.all()._raw_delete("default")), part
        assert refused_by_postgresql(copy.save), part
        theirs = part.objects.filter(agreement=draft)
        assert refused_by_postgresql(lambda row=theirs: row.update(agreement=agreement)), part


def test_a_draft_may_change_and_go(draft):
    draft.reasons.update(label="Other words")
    draft.delete()
    assert not Reason.objects.exists()


def test_a_duplicate_is_the_same_draft_again_with_a_model_of_its_own():
    current = story.agreement_in_force(decide_hours=16)
    draft = agreements.duplicate(current)
    assert (draft.version, draft.status, draft.decide_hours) == (2, "draft", 16)
    assert not draft.scoring_model.is_published
    assert _words_of(draft) == _words_of(current)
    assert story.signed(draft) == agreements.in_force()


@pytest.mark.django_db(transaction=True)
def test_both_sides_may_sign_at_the_same_moment():
    draft = starters.load("b2b_software")
    people = [
        (UserFactory(role=MARKETING_MANAGER), "marketing"),
        (UserFactory(role=SALES_MANAGER), "sales"),
    ]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: _sign_and_close(draft, *one), people))
    assert agreements.in_force() == draft


def _sign_and_close(draft, user, side):
    try:
        sign(draft, user, side)
    finally:
        connection.close()


def _version_that_is(status):
    if status == "signed":
        draft = starters.load("b2b_software")
        return sign(draft, UserFactory(role=MARKETING_MANAGER), "marketing")
    agreement = story.agreement_in_force()
    if status == "superseded":
        story.agreement_in_force()
    return agreement


def _words_of(agreement):
    """Everything that a version says, without its keys."""
    own = {"id", "agreement_id", "reason_id", "model_id", "group_id"}
    rows = {part.__name__: part.objects.filter(agreement=agreement) for part in PARTS}
    rows["RuleGroup"] = agreement.scoring_model.groups.all()
    rows["Rule"] = agreement.scoring_model.rules.annotate(group_name=F("group__name"))
    words = {
        name: [{k: v for k, v in row.items() if k not in own} for row in found.values()]
        for name, found in rows.items()
    }
    details = ReasonDetail.objects.filter(agreement=agreement)
    return words | {"tree": list(details.values_list("reason__code", "code"))}
