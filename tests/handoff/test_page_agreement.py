"""The agreement as a page: everybody reads every version and says what they think of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import agreements, proposing, starters
from handoff.models import Comment
from leads.models import Cycle
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/agreement/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def current():
    return story.agreement_in_force()


@pytest.fixture
def reader(client):
    person = UserFactory(role=roles.CUSTOMER_SUCCESS)
    client.force_login(person)
    return person


def html(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    "role",
    [roles.MARKETER, roles.REP, roles.CUSTOMER_SUCCESS, roles.MARKETING_MANAGER],
)
def test_everybody_reads_it_and_says_what_they_think(client, current, role):
    person = UserFactory(role=role)
    client.force_login(person)
    for url in (PAGE, f"{PAGE}versions/", f"{PAGE}1/", f"{PAGE}1/compare/1/"):
        assert client.get(url).status_code == 200
    answer = client.post(f"{PAGE}1/comment/", {"text": "Small ones leave."}, follow=True)
    assert "Small ones leave." in html(answer)
    assert Comment.objects.get().by == person


def test_a_version_says_all_that_was_agreed(client, reader, current):
    text = html(client.get(PAGE))
    for words in [
        "In force since",
        "A <span",
        "Automatic: at most 10 a day",
        "Asked for a demo or to be contacted",
        "competitor",
        "Hand-raise, first touch",
        "Of grade B2 or better",
        "≤ 25 %",
        "Email, Phone, Name, Company, Country",
        "3 of the four at least partly, 1 of them stated; need yes",
        "Ready to change how they work?",
        "Not our customer",
        "Somebody whom our definition lets in",
        "judged 0 handoffs so far",
    ]:
        assert words in text, words
    for signature in current.signatures.all():
        assert signature.user.display_name in text


def test_before_the_first_signature_the_versions_are_listed(client, reader):
    page = html(client.get(PAGE))
    assert "There is no agreement yet." in page
    assert "/admin/" not in page, "who may not write one is not sent there"
    starters.load("services")
    assert "Draft, not in force" in html(client.get(PAGE))


def test_too_few_cases_say_so(client, reader, current):
    assert "Too few cycles have ended in a year (0)" in html(client.get(PAGE))


def test_the_goal_is_counted_backwards_and_leads_to_its_leads(client, reader, current):
    now = timezone.now()
    won = {"accepted_at": now, "handed_off_at": now, "qualified_at": now, "outcome": "won"}
    Cycle.objects.bulk_create(
        Cycle(lead=lead, number=n, origin="system", score=0, opened_at=now, closed_at=now,
              **({"outcome": "lost"} if n % 2 else won))
        for n, lead in enumerate(LeadFactory.create_batch(2) * 15)
    )  # fmt: skip
    text = html(client.get(PAGE))
    assert "50 % approved" in text
    assert f"{reverse('leads:list')}?cycle=won&amp;since=" in text
    assert '<span class="big d-block">80</span>' in text


def test_what_changed_since_the_version_before(client, reader, current):
    draft = agreements.duplicate(current)
    draft.decide_hours = 4
    draft.save()
    draft.vetoes.filter(name="competitor").delete()
    story.signed(draft)
    text = html(client.get(PAGE))
    assert "Changed since v1" in text
    assert "Other handoff decided: <del>24 h</del> <ins>4 h</ins>" in text
    assert "competitor: <del>company relationship is Competitor</del>" in text
    assert "Superseded" not in text
    assert "In force" in html(client.get(f"{PAGE}1/"))


def test_a_difference_is_a_part_of_the_page_and_an_address(client, reader, current):
    draft = agreements.duplicate(current)
    draft.matrix.filter(grade="C2").update(action="review")
    url = f"{PAGE}2/compare/1/"
    part = html(client.get(url, headers=HTMX))
    assert part.lstrip().startswith('<div class="d-flex flex-column gap-card" id="difference"')
    assert "<html" in html(client.get(url))
    for text in (part, html(client.get(url))):
        assert "What happens with each grade" in text
        assert "C2" in text
    assert "Both versions say the same." in html(client.get(f"{PAGE}1/compare/1/"))


def test_an_unsigned_version_shows_its_effect_or_how_to_compute_it(client, reader, current):
    agreements.duplicate(current)
    assert "there is no agreement in force to compare with, or no lead yet" in html(
        client.get(f"{PAGE}2/")
    )
    LeadFactory()
    text = html(client.get(f"{PAGE}2/"))
    assert "Not computed yet for these words." in text
    assert "Compute it on 12 weeks" not in text
    client.force_login(UserFactory())
    assert "Compute it on 12 weeks" in html(client.get(f"{PAGE}2/"))
    assert "Its effect in numbers" not in html(client.get(PAGE))


@pytest.mark.parametrize("said", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_comment_is_told_at_its_place(client, reader, current, said):
    answer = client.post(f"{PAGE}1/comment/", {"text": said})
    assert answer.status_code == 422
    assert 'id="text-error"' in html(answer)
    assert not Comment.objects.exists()


def test_a_comment_cannot_bring_markup(client, reader, current):
    client.post(f"{PAGE}1/comment/", {"text": "<b>bold</b>"})
    assert "&lt;b&gt;bold&lt;/b&gt;" in html(client.get(PAGE))


@pytest.mark.parametrize("url", ["99/", "99/compare/1/", "1/compare/99/", f"{10**12}/"])
def test_what_is_not_there_is_404(client, reader, current, url):
    assert client.get(PAGE + url).status_code == 404


def test_comments_want_a_post(client, reader, current):
    assert client.get(f"{PAGE}1/comment/").status_code == 405
    assert client.post(f"{PAGE}99/comment/", {"text": "x"}).status_code == 404


def test_only_managers_find_the_way_to_edit_and_sign(client, reader, current):
    edit = reverse("admin:handoff_agreement_change", args=[current.pk])
    assert edit not in html(client.get(PAGE))
    client.force_login(UserFactory(role=roles.SALES_MANAGER, is_staff=True))
    assert edit in html(client.get(PAGE))
    client.force_login(RepFactory(is_staff=True))
    assert edit not in html(client.get(PAGE))


def test_one_row_and_thirty_take_the_same_queries(client, reader, current):
    few = _queries(client)
    agreements.duplicate(current)
    for n in range(30):
        current.comments.create(by=reader, text=f"No. {n}", said_at=timezone.now())
    second = story.signed(agreements.duplicate(current))
    second.comments.create(by=reader, text="Ours", said_at=timezone.now())
    many = _queries(client)
    assert many["versions/"] == few["versions/"] <= 10
    assert many["1/"] == few["1/"] <= 25
    assert many[""] <= 45  # with the version before, line by line


def _queries(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = {}
    for url in ("", "versions/", "1/"):
        client.get(PAGE + url)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE + url)
        found[url] = len(queries)
    return found


def test_a_proposed_version_asks_to_be_signed(client, current):
    manager = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(manager)
    draft = agreements.duplicate(current)
    assert "Draft v2" in html(client.get(PAGE))
    assert "Edit</a>" in html(client.get(f"{PAGE}2/"))
    proposing.propose_version(draft, by=manager, now=timezone.now())
    assert "Next: v2" in html(client.get(PAGE))
    assert "Sign or edit</a>" in html(client.get(f"{PAGE}2/"))
