"""A form on a customer's page: for the origins on its list, with the same errors and thanks."""

import pytest
import time_machine
from django.utils import timezone

from intake.models import CaptureForm, Submission
from leads.models import Lead
from tests.intake.form_world import ANNA, BROWSER, SLOWLY, a_form, hidden

pytestmark = pytest.mark.django_db
SHOP = "https://www.kempen.example"
URL = "/f/demo/embed/"


@pytest.fixture
def form():
    return a_form(origins=[SHOP, "http://localhost:8099"])


def post(client, said, origin=SHOP):
    carried = hidden(client.get(URL, headers={"Origin": SHOP}).content.decode())
    with time_machine.travel(timezone.now() + SLOWLY, tick=False):
        return client.post(URL, carried | said, headers=BROWSER | {"Origin": origin})


def test_a_page_on_the_list_gets_the_form_and_may_send_it(client, form):
    answer = client.get(URL, headers={"Origin": SHOP})
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "<html" not in page
    assert 'action="http://testserver/f/demo/"' in page
    wrong = post(client, ANNA | {"lead.email": "x"})
    assert wrong.status_code == 422
    assert wrong["Access-Control-Allow-Origin"] == SHOP
    assert "is no email address" in wrong.content.decode()
    said = {"page": f"{SHOP}/?utm_source=xing", "referrer": "https://x.example/", "visitor": "v1"}
    sent = post(client, ANNA | said)
    assert sent.status_code == 200
    assert "Thank you." in sent.content.decode()
    kept = Submission.objects.get()
    assert (kept.page, kept.utm, kept.visitor) == (said["page"], {"source": "xing"}, "v1")
    assert Lead.objects.get().source == "xing"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{SHOP}.evil.example", ""])
def test_another_page_may_not(client, form, origin):
    answer = post(client, ANNA, origin=origin)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer
    assert not Submission.objects.exists()
    if origin:
        assert client.get(URL, headers={"Origin": origin}).status_code == 403


def test_a_page_of_ours_may_embed_it_too(client, form):
    assert client.get(URL).status_code == 200
    assert post(client, ANNA, origin="http://testserver").status_code == 200


def test_a_closed_form_says_so_there_too(client, form):
    CaptureForm.objects.update(is_active=False)
    answer = client.get(URL, headers={"Origin": SHOP})
    assert answer.status_code == 410
    assert answer["Access-Control-Allow-Origin"] == SHOP


def test_the_thanks_may_lead_to_a_page(client, form):
    CaptureForm.objects.update(thanks_url="https://www.kempen.example/thanks")
    assert 'data-go="https://www.kempen.example/thanks"' in post(client, ANNA).content.decode()


def test_the_script_is_small_and_may_be_kept(client, form):
    answer = client.get("/f/demo.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "max-age=300" in answer["Cache-Control"]
    assert len(answer.content) < 2_500
    assert client.get("/f/nothing.js").status_code == 404
