"""Sign-in, caches and toasts for whole pages and for htmx."""

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django_htmx.middleware import HtmxMiddleware

from intake.limits import UPLOAD_BYTES
from leadops import middleware
from tests.factories import UserFactory
from tests.intake import form_world as form


@pytest.fixture
def ask(rf):
    """ask(middleware class, response, htmx?) gives the answer; the request carries one message."""

    def ask(cls, response, *, htmx=True):
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/review/?lead=5"}
        request = rf.get("/review/5/", headers=headers if htmx else {})
        request.user = AnonymousUser()
        request._messages = CookieStorage(request)
        messages.success(request, "<b>Done</b>", extra_tags="undo:/leads/5/undo/")
        return HtmxMiddleware(cls(lambda request: response))(request)

    return ask


def test_a_fragment_carries_the_toast_with_undo(ask):
    html = ask(middleware.Toasts, HttpResponse("<p>row</p>")).text
    assert html.startswith("<p>row</p>")
    assert 'hx-swap-oob="beforeend:#toasts"' in html
    assert "&lt;b&gt;Done" in html
    assert 'hx-post="/leads/5/undo/"' in html


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(headers={"HX-Redirect": "/"}),
        HttpResponse(status=204),
        HttpResponse("{}", content_type="application/json"),
        HttpResponse("gone", status=404),
    ],
)
def test_what_is_not_swapped_in_leaves_the_toast_for_later(ask, response):
    before = response.content
    assert ask(middleware.Toasts, response).content == before


def test_a_whole_page_brings_its_toasts_itself(ask):
    assert ask(middleware.Toasts, HttpResponse("page"), htmx=False).text == "page"


def test_an_htmx_request_without_session_leads_back_to_the_page_of_the_person(ask):
    def view(request):
        return HttpResponse("secret")

    def response(request):
        return middleware.LoginRequired(view).process_view(request, view, (), {})

    class Door(middleware.LoginRequired):
        def __init__(self, get_response):
            super().__init__(response)

    answer = ask(Door, None)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/account/login/?next=/review/%3Flead%3D5"


def test_caches_keep_fragments_and_pages_apart(ask):
    answer = ask(middleware.PrivatePages, HttpResponse("page"))
    assert {"HX-Request", "HX-History-Restore-Request"} <= set(answer["Vary"].split(", "))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/f/demo/", "/t/", "/leads/", "/admin/"])
def test_strangers_send_no_files(client, settings, path):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    form.a_form()
    file = SimpleUploadedFile("x", b"x" * 1_001)
    assert client.post(path, {"file": file}).status_code == 413
    client.force_login(UserFactory())
    assert client.post(path, {"file": file}).status_code != 413


@pytest.mark.django_db
def test_nobody_sends_more_than_any_page_takes(client):
    client.force_login(UserFactory())
    answer = client.post("/imports/", CONTENT_LENGTH=str(2 * UPLOAD_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["stage", "stage__exact", "q", "a\x00b"])
def test_a_filter_of_the_admin_hands_no_nul_to_the_database(client, name):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get("/admin/leads/lead/", {name: "\x00"}).status_code == 400
    assert client.get("/admin/leads/lead/", {"stage": "²"}).status_code == 200
