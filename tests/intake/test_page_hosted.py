"""The pages of a form that anybody may open: asked again with nothing lost, never a 500."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from intake.models import CaptureForm, Submission
from leads.models import Activity, Attribute, Lead
from tests.intake.form_world import ANNA, BROWSER, SLOWLY, a_form, a_text, hidden, opened, send

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}


def test_anybody_may_open_it_and_nothing_is_kept_or_stored(client, django_assert_num_queries):
    form = a_form(asks=["attr.halls"], intro="Half an hour.")
    with django_assert_num_queries(4):
        answer = client.get("/f/demo/")
    page = answer.content.decode()
    assert "See it live" in page
    assert "Half an hour." in page
    assert "You may write to me." in page
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert "script" not in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert form.get_absolute_url() == "/f/demo/"


def test_an_error_stands_at_its_field_and_the_rest_stays(client):
    form = a_form()
    answer = send(client, form, ANNA | {"lead.email": "no address", "consent.newsletter": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "is no email address" in page
    assert 'aria-invalid="true"' in page
    assert page.count("autofocus") == 1
    assert 'value="Kempen NV"' in page
    assert 'value="1" id="demo-consent.newsletter" checked' in page.replace("required ", "")
    assert not Submission.objects.exists()


def test_haste_is_no_matter_while_something_is_wrong(client):
    page = send(client, a_form(), {}, after=timedelta(seconds=0)).content.decode()
    assert "Please check what is marked below." in page
    assert "very quick" not in page


def test_who_is_very_quick_is_asked_once_and_then_passes(client):
    form = a_form()
    first = send(client, form, after=timedelta(seconds=1))
    page = first.content.decode()
    assert first.status_code == 422
    assert "very quick" in page
    assert 'value="Anna"' in page
    again = send(client, form, carried=hidden(page))
    assert again.status_code == 302
    assert Submission.objects.get().state == "taken_in"


def test_a_program_is_as_quick_twice_and_is_kept_apart(client):
    form = a_form()
    first = send(client, form, after=timedelta(seconds=0))
    again = send(client, form, carried=hidden(first.content.decode()), after=timedelta(seconds=0))
    assert again.url == "/f/demo/thanks/"
    kept = Submission.objects.get()
    assert (kept.state, kept.lead) == ("suspected", None)
    assert not Lead.objects.exists()


@pytest.mark.parametrize("stamp", ["", "x", "²:\x00:😀", "a:b:c", "x" * 100_000])
def test_a_page_out_of_date_is_asked_again_with_nothing_lost(client, stamp):
    form = a_form()
    carried = opened(client, form)
    tampered = send(client, form, carried=carried | {"stamp": stamp})
    assert tampered.status_code == 422
    assert 'value="Anna"' in tampered.content.decode()
    old = send(client, form, carried=carried, after=timedelta(days=2))
    assert "out of date" in old.content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert send(client, form, carried=hidden(old.content.decode())).status_code == 302


def test_a_stamp_is_good_for_its_own_form_only(client):
    other = a_form("other")
    answer = send(client, a_form(), carried=opened(client, other))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"homepage": "https://x.example"}, "nobody sees"),
        ({"lead.first_name": "Win https://x.example now"}, "in place of a name"),
        ({"message": "http://a http://b http://c"}, "full of links"),
    ],
)
def test_what_looks_like_spam_is_kept_apart_and_told(client, said, words):
    answer = send(client, a_form(), ANNA | said)
    assert answer.url == "/f/demo/thanks/"
    kept = Submission.objects.get()
    assert kept.state == "suspected"
    assert words in kept.why
    assert not Lead.objects.exists()
    assert not Activity.objects.exists()


def test_a_listed_bot_is_kept_apart(client):
    form = a_form()
    carried = opened(client, form)
    with time_machine.travel(timezone.now() + SLOWLY):
        client.post("/f/demo/", carried | ANNA, headers={"User-Agent": "SemrushBot/7"})
    assert Submission.objects.get().state == "suspected"


@pytest.mark.parametrize(
    "said",
    [
        {"lead.first_name": "A\x00B"},
        {"message": "\x00"},
        {"lead.email": "a\x00@x.example"},
        {"lead.first_name": "x" * 1_000_000},
        {"message": "x" * 1_000_000},
        {"lead.email": "a" * 300 + "@x.example"},
        {"lead.email": ["a@x.example", "b"]},
        {"attr.halls": "three"},
        {"attr.halls": "9" * 400},
        {"attr.halls": "NaN"},
        {"company.employees": "-4"},
        {"company.employees": "99999999999"},
        {"company.domain": "http://["},
        {"consent.newsletter": "7"},
        {"consent.newsletter": "²"},
        {"lead.interest": "Something else"},
        {"lead.email": ""},
    ],
)
def test_bad_input_is_told_at_its_field(client, said):
    Attribute.objects.create(code="halls", label="Halls", kind="number")
    form = a_form(asks=["attr.halls", "company.employees", "company.domain", "lead.interest"])
    form.fields.filter(target="lead.interest").update(choices="Meters\nTariffs")
    answer = send(client, form, ANNA | said)
    assert answer.status_code == 422
    assert f"{next(iter(said))}_error" in answer.content.decode()
    assert not Submission.objects.exists()


def test_two_and_a_half_megabytes_are_refused(client):
    client.raise_request_exception = False
    assert send(client, a_form(), message="x" * 3_000_000).status_code == 413


@pytest.mark.parametrize(
    "said",
    [
        {"lead.first_name": "😀𝔸ñna", "message": "=HYPERLINK(1)"},
        {"page": "http://[", "referrer": "\x00", "visitor": "\x00" * 9},
        {"page": "/?utm_source=%00&utm_medium=%ff&utm_campaign=" + "x" * 1_900},
        {"unknown": "x", "lead.owner": "1"},
        {"lead.email": "anna@köln.example"},
    ],
)
def test_strange_input_that_fits_is_taken_in(client, said):
    assert send(client, a_form(), ANNA | said).status_code == 302
    assert Submission.objects.get().state == "taken_in"


@pytest.mark.parametrize("body", ["{}", "[" * 9, "\x00", "a=1&" * 5_001])
@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_the_wrong_kind_breaks_nothing(client, body, kind):
    a_form()
    client.raise_request_exception = False
    for url in ("/f/demo/", "/f/demo/embed/"):
        answer = client.generic("POST", url, body, content_type=kind, headers=OURS)
        assert 400 <= answer.status_code < 500


def test_too_many_are_told_when_to_come_again(client, monkeypatch):
    monkeypatch.setattr("intake.views_public.OFTEN", {"limit": 1, "seconds": 600})
    form = a_form()
    carried = opened(client, form)
    assert send(client, form, carried=carried).status_code == 302
    answer = send(client, form, ANNA | {"message": "more"}, carried=carried)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 600
    assert "Too many" in answer.content.decode()
    assert ">\nmore</textarea>" in answer.content.decode()
    assert Submission.objects.count() == 1


def test_a_closed_form_says_so(client):
    form = a_form()
    carried = opened(client, form)
    CaptureForm.objects.update(is_active=False)
    assert client.get("/f/demo/").status_code == 410
    answer = send(client, form, carried=carried)
    assert answer.status_code == 410
    assert "This form is closed." in answer.content.decode()
    assert client.get("/f/nothing/").status_code == 404


def test_the_thanks_are_a_text_or_a_page_of_ones_own(client):
    form = a_form(thanks="See <you> soon.")
    assert "See &lt;you&gt; soon." in client.get(send(client, form).url).content.decode()
    CaptureForm.objects.update(thanks_url="https://www.example.com/thanks?x=1")
    page = client.get("/f/demo/", headers=BROWSER)
    assert "form-action 'self' https://www.example.com;" in page["Content-Security-Policy"] + ";"
    form.refresh_from_db()
    answer = send(client, form, ANNA | {"message": "more"})
    assert answer.url == "https://www.example.com/thanks?x=1"


def test_a_text_that_changed_meanwhile_is_not_ticked_for_somebody(client):
    form = a_form()
    carried = opened(client, form)
    a_text(version=2, text="Every day.")
    said = ANNA | {"lead.email": "", "consent.newsletter": "1"}
    page = send(client, form, said, carried=carried).content.decode()
    assert "Every day." in page
    assert "checked" not in page
