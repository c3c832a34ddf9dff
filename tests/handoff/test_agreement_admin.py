"""The agreement in the admin: written by managers, signed by two, read-only from then on."""

import pytest
import zeal
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import agreements, starters
from handoff.models import Agreement, MatrixCell, QualifyingPath, Reason, RequiredField, Veto
from tests import story
from tests.browser_forms import posted
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/handoff/agreement/"


@pytest.fixture
def marketing():
    return UserFactory(role=MARKETING_MANAGER, is_staff=True)


@pytest.fixture
def sales():
    return UserFactory(role=SALES_MANAGER, is_staff=True)


@pytest.fixture
def client(client, marketing):
    client.force_login(marketing)
    return client


@pytest.fixture
def draft():
    return starters.load("b2b_software")


@pytest.fixture(autouse=True)
def _as_the_admin_asks():
    """Django's admin reads each row of an inline by a query of its own when it is posted."""
    names = ["QualifyingPath", "Veto", "Commitment", "Question", "Reason", "ReasonDetail"]
    with zeal.zeal_ignore([{"model": f"handoff.{name}", "field": "get()"} for name in names]):
        yield


def page_of(agreement):
    return reverse("admin:handoff_agreement_change", args=[agreement.pk])


def told(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_list_shows_who_signed_and_since_when(client, draft, sales):
    signed = story.signed(draft)
    text = client.get(LIST).content.decode()
    assert "In force" in text
    for signature in signed.signatures.all():
        assert signature.user.display_name in text


def test_the_list_costs_the_same_for_one_and_many(client, django_assert_max_num_queries):
    for _ in range(3):
        story.agreement_in_force()
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_a_starter_begins_from_the_list(client):
    assert "Start from “B2B software”" in client.get(LIST).content.decode()
    answer = client.post(reverse("admin:handoff_agreement_start", args=["education"]), follow=True)
    assert Agreement.objects.get().title == "Education"
    assert "Agreement v1 is a draft" in told(answer)


def test_an_unknown_starter_is_told_in_words(client):
    answer = client.post(reverse("admin:handoff_agreement_start", args=["bakery"]), follow=True)
    assert "There is no starter “bakery”." in told(answer)


def test_saving_without_a_change_changes_nothing(client, draft):
    before = _everything(draft)
    answer = client.post(page_of(draft), posted(client.get(page_of(draft))))
    assert answer.status_code == 302, answer.context["errors"]
    assert _everything(draft) == before


def test_a_draft_is_edited_as_a_grid_and_a_list(client, draft):
    data = posted(client.get(page_of(draft)), C2="review", facts=["email", "interest"], margin=7)
    assert client.post(page_of(draft), data).status_code == 302
    draft.refresh_from_db()
    assert draft.matrix.get(grade="C2").action == "review"
    assert draft.matrix.count() == 16
    assert {one.fact for one in draft.required.all()} == {"email", "interest"}
    assert draft.margin == 7


def test_a_new_agreement_gets_the_next_number_and_a_whole_matrix(client, draft):
    page = client.get(reverse("admin:handoff_agreement_add"))
    said = {"title": "Ours", "scoring_model": draft.scoring_model_id}
    answer = client.post(reverse("admin:handoff_agreement_add"), posted(page, **said))
    assert answer.status_code == 302, answer.context["errors"]
    added = Agreement.objects.get(title="Ours")
    assert (added.version, added.matrix.count()) == (2, 16)
    assert "Not ready to be signed" in client.get(page_of(added)).content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"bant_bar": 9}, "four BANT questions"),
        ({"margin": "much"}, "Enter a number"),
        ({"A1": "guess"}, "Select a valid choice"),
        ({"facts": ["shoe size"]}, "Select a valid choice"),
        ({"title": ""}, "This field is required"),
        ({"paths-0-condition.0-0.subject": "lead.shoe_size"}, "Not right yet: row 1"),
    ],
)
def test_bad_input_is_told_at_its_place(client, draft, said, words):
    answer = client.post(page_of(draft), posted(client.get(page_of(draft)), **said))
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_two_managers_sign_on_the_page(client, draft, marketing, sales):
    assert "Sign for marketing" not in client.get(page_of(draft)).content.decode()
    _propose(client, draft)
    text = client.get(page_of(draft)).content.decode()
    assert "Sign for marketing" in text
    assert "Sign for sales" not in text
    answer = _sign(client, draft, "marketing")
    assert "Signed. Agreement v1 is signed by one side." in told(answer)
    assert "Sign for marketing" not in answer.content.decode()
    client.force_login(sales)
    answer = _sign(client, draft, "sales")
    assert "Signed. Agreement v1 is in force." in told(answer)
    assert agreements.in_force() == draft


def test_a_refusal_to_sign_is_told_in_words(client, draft, marketing):
    assert "is a draft. Propose it first." in told(_sign(client, draft, "marketing"))
    _propose(client, draft)
    assert "may not sign for sales" in told(_sign(client, draft, "sales"))
    assert "may not sign for fun" in told(_sign(client, draft, "fun"))
    draft.reasons.all().delete()
    assert "No reason is offered at" in told(_sign(client, draft, "marketing"))
    assert not draft.signatures.exists()


@pytest.mark.parametrize("address", ["sign/marketing/", "duplicate/", "propose/", "withdraw/"])
def test_what_changes_something_wants_a_post(client, draft, address):
    assert client.get(f"{LIST}{draft.pk}/{address}").status_code == 405
    assert client.post(f"{LIST}999/{address}").status_code == 404


def test_a_signed_version_is_read_and_not_written(client):
    current = story.agreement_in_force()
    page = client.get(page_of(current))
    text = page.content.decode()
    assert "A1: Review, A2: Review, A3: Review, A4: Nurture" in text
    assert "Asked for a demo" in text
    assert "company relationship is Competitor" in text
    assert 'name="_save"' not in text
    assert client.post(page_of(current), {"title": "New"}).status_code == 403
    assert client.post(f"{LIST}{current.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_draft_signed_while_somebody_edits_it_stays_as_signed(client, draft, monkeypatch):
    data = posted(client.get(page_of(draft)), title="Other words")
    monkeypatch.setattr("handoff.admin.drafts.is_draft", lambda part: True)
    story.signed(draft)
    answer = client.post(page_of(draft), data, follow=True)
    assert "signed this version meanwhile" in told(answer)
    draft.refresh_from_db()
    assert draft.title == "B2B software"


def test_a_version_is_duplicated_as_the_next(client):
    current = story.agreement_in_force()
    answer = client.post(
        reverse("admin:handoff_agreement_duplicate", args=[current.pk]), follow=True
    )
    draft = Agreement.objects.get(version=2)
    assert answer.redirect_chain[-1][0] == page_of(draft)
    assert draft.reasons.count() == current.reasons.count()


def test_a_draft_may_be_thrown_away(client, draft):
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Agreement.objects.exists()


def test_the_bulk_delete_is_gone(client, draft):
    assert "delete_selected" not in client.get(LIST).content.decode()


def test_the_page_of_an_agreement_does_not_ask_for_each_row(client, draft):
    with CaptureQueriesContext(connection) as queries:
        client.get(page_of(draft))
    assert len(queries) <= 25


@pytest.mark.parametrize("make", [UserFactory, RepFactory])
def test_others_do_not_see_the_agreement_in_the_admin(client, draft, make):
    client.force_login(make(is_staff=True))
    assert client.get(LIST).status_code == 403
    assert client.get(page_of(draft)).status_code == 403
    assert client.post(f"{LIST}{draft.pk}/duplicate/").status_code == 403
    assert (
        client.post(reverse("admin:handoff_agreement_start", args=["education"])).status_code == 403
    )


def _propose(client, agreement):
    return client.post(f"{LIST}{agreement.pk}/propose/", follow=True)


def _sign(client, agreement, side):
    """As somebody who has just read the page."""
    address = reverse("admin:handoff_agreement_sign", args=[agreement.pk, side])
    read = client.get(page_of(agreement)).context.get("read", "")
    return client.post(address, {"read": read}, follow=True)


def _everything(agreement):
    parts = [MatrixCell, RequiredField, Reason, QualifyingPath, Veto]
    rows = [list(part.objects.filter(agreement=agreement).values()) for part in parts]
    return Agreement.objects.filter(pk=agreement.pk).values().get(), rows


def test_there_is_no_third_side_to_sign_for(admin_client):
    draft = starters.load("b2b_software")
    _propose(admin_client, draft)
    assert "may not sign for finance" in told(_sign(admin_client, draft, "finance"))
    assert not draft.signatures.exists()
