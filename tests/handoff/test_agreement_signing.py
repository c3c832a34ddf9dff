"""Signing in the admin: what was read is signed, with its effect in numbers, and nothing else."""

from datetime import timedelta

import pytest
import zeal
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import agreements
from handoff.models import Comment, Commitment, QualifyingPath, Question
from scoring.models import Computation
from tests import story
from tests.browser_forms import posted
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def marta(client):
    person = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(person)
    return person


@pytest.fixture
def draft(marta):
    """The next version, and a lead to preview on."""
    draft = agreements.duplicate(story.agreement_in_force())
    LeadFactory()
    return draft


@pytest.fixture(autouse=True)
def _as_the_admin_asks():
    names = ["QualifyingPath", "Veto", "Commitment", "Question", "Reason", "ReasonDetail"]
    with zeal.zeal_ignore([{"model": f"handoff.{name}", "field": "get()"} for name in names]):
        yield


def page_of(agreement):
    return reverse("admin:handoff_agreement_change", args=[agreement.pk])


def html(answer):
    return answer.content.decode()


def told(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def press(client, agreement, door, **data):
    return client.post(f"/admin/handoff/agreement/{agreement.pk}/{door}/", data, follow=True)


def compute(client, agreement, capture):
    with capture(execute=True):
        client.post(reverse("handoff:preview_agreement", args=[agreement.version]))


def test_the_way_through_the_doors(client, draft, django_capture_on_commit_callbacks):
    assert "Now both sides can sign it." in told(press(client, draft, "propose"))
    assert "is no draft" in told(press(client, draft, "propose"))
    assert "It is a draft again." in told(press(client, draft, "withdraw"))
    press(client, draft, "propose")
    read = client.get(page_of(draft)).context["read"]
    answer = press(client, draft, "sign/marketing", read=read)
    assert "Compute its effect in numbers first" in told(answer)
    assert "Compute it on 12 weeks" in html(answer)
    compute(client, draft, django_capture_on_commit_callbacks)
    page = html(client.get(page_of(draft)))
    for number in ("MQLs a week", "Handoffs a week per rep", "MQLs a week that the goal needs"):
        assert number in page
    assert "Too few cycles have ended in a year" in page
    assert "Signed." in told(press(client, draft, "sign/marketing", read=read))


def test_numbers_of_other_words_do_not_count(client, draft, django_capture_on_commit_callbacks):
    compute(client, draft, django_capture_on_commit_callbacks)
    press(client, draft, "propose")
    draft.matrix.filter(grade="C2").update(action="review")
    read = client.get(page_of(draft)).context["read"]
    answer = press(client, draft, "sign/marketing", read=read)
    assert "Compute its effect in numbers first" in told(answer)
    assert not draft.signatures.exists()


def test_a_failed_computation_shows_no_numbers(client, draft):
    press(client, draft, "propose")
    now = timezone.now()
    params = {"agreement": draft.version, "weeks": 12}
    Computation.objects.create(
        kind="preview", params=params, state="failed", created_at=now, heartbeat_at=now
    )
    read = client.get(page_of(draft)).context["read"]
    assert "first: both sides see" in told(press(client, draft, "sign/marketing", read=read))


def test_who_has_not_read_these_words_does_not_sign(client, draft):
    press(client, draft, "propose")
    for read in ({}, {"read": "x"}):
        answer = press(client, draft, "sign/marketing", **read)
        assert "edited since you opened it" in told(answer)


def test_words_edited_since_they_were_read_are_not_signed(client, draft):
    press(client, draft, "propose")
    read = client.get(page_of(draft)).context["read"]
    edits = [
        (type(draft).objects.filter(pk=draft.pk), "touch_minutes"),
        (draft.commitments.filter(measure="rejected"), "value"),
        (draft.scoring_model.rules.filter(kind="fit"), "points"),
    ]
    for rows, column in edits:
        with transaction.atomic():
            rows.update(**{column: 1})
            answer = press(client, draft, "sign/marketing", read=read)
            assert "edited since you opened it" in told(answer), column
            transaction.set_rollback(True)
    answer = press(client, draft, "sign/marketing", read=read)
    assert "Compute its effect in numbers first" in told(answer)


def test_the_second_signer_sees_the_same_numbers(client, draft, django_capture_on_commit_callbacks):
    press(client, draft, "propose")
    compute(client, draft, django_capture_on_commit_callbacks)
    read = client.get(page_of(draft)).context["read"]
    press(client, draft, "sign/marketing", read=read)
    client.force_login(UserFactory(role=roles.SALES_MANAGER, is_staff=True))
    page = client.get(page_of(draft))
    assert "Handoffs a week per rep" in html(page)
    answer = press(client, draft, "sign/sales", read=page.context["read"])
    assert f"{draft} is in force." in told(answer)


def test_a_version_of_a_later_day_is_agreed_until_then(client, draft):
    day = timezone.localdate() + timedelta(days=3)
    page = client.get(page_of(draft))
    assert client.post(page_of(draft), posted(page, starts_on=day)).status_code == 302
    draft.refresh_from_db()
    assert story.signed(draft).status == "agreed"
    yesterday = timezone.localdate() - timedelta(days=1)
    other = agreements.duplicate(draft)
    answer = client.post(page_of(other), posted(client.get(page_of(other)), starts_on=yesterday))
    assert "This day is over." in html(answer)


def test_an_edit_of_a_proposed_version_is_told_among_its_comments(client, draft, marta):
    press(client, draft, "propose")
    Comment.objects.all().delete()
    data = posted(client.get(page_of(draft)), decide_hours=4, A4="review")
    assert client.post(page_of(draft), data).status_code == 302
    said = Comment.objects.get()
    assert said.by == marta
    assert "Edited." in said.text
    assert "A4" in said.text
    client.post(page_of(draft), posted(client.get(page_of(draft))))
    reason = draft.reasons.first()
    url = reverse("admin:handoff_reason_change", args=[reason.pk])
    client.post(url, posted(client.get(url), label="Fits us not", offered_at=reason.offered_at))
    assert "Fits us not" in Comment.objects.last().text
    assert Comment.objects.count() == 2


def test_an_edit_of_a_draft_is_nobodys_comment(client, draft):
    client.post(page_of(draft), posted(client.get(page_of(draft)), decide_hours=4))
    assert not Comment.objects.exists()


def test_everything_of_a_version_is_written_on_its_page(client, draft):
    path = draft.paths.first()
    said = {
        "goal_customers": 80, "goal_from": "2026-01-01", "goal_until": "2026-12-31",
        "mql_words": "Who wants us.", "minimum_grade": "B3", "automatic_hours": 2,
        "touch_minutes": 15, "answer_hours": 8, "pause_hours": 0, "bant_before": 1,
        "need_at_least": "partly", "longest_nurture_days": 90, "exploration_share": "1.5",
        "paths-0-at_once": "on", "commitments-0-value": 77, "questions-0-is_required": "on",
    }  # fmt: skip
    answer = client.post(page_of(draft), posted(client.get(page_of(draft)), **said))
    assert answer.status_code == 302, answer.context["errors"]
    draft.refresh_from_db()
    columns = [name for name in said if "-" not in name]
    assert {name: str(getattr(draft, name)) for name in columns} == {
        name: {"exploration_share": "1.50"}.get(name, str(said[name])) for name in columns
    }
    assert QualifyingPath.objects.get(pk=path.pk).at_once
    assert Commitment.objects.filter(agreement=draft, value=77).exists()
    assert Question.objects.filter(agreement=draft, is_required=True).exists()


def test_what_cannot_be_is_told(client, draft):
    told_of = {
        "goal_from": ("2026-12-31", "The goal ends before it begins"),
        "stated_bar": (4, "No more can be stated than the BANT bar asks for."),
        "touch_minutes": (0, "A service level is more than nothing."),
        "minimum_grade": ("E9", "Select a valid choice"),
        "exploration_share": (50, "At most 20 percent."),
        "commitments-1-measure": ("mqls", "correct the duplicate"),
        "commitments-2-value": (101, "At most 100 percent."),
        "questions-0-code": ("not a code", "Enter a valid"),
    }
    said = {"goal_until": "2026-01-01"} | {name: value for name, (value, _) in told_of.items()}
    answer = client.post(page_of(draft), posted(client.get(page_of(draft)), **said))
    assert answer.status_code == 200
    assert [words for _, words in told_of.values() if words not in html(answer)] == []
