"""Sign-in, caches and toasts for whole pages and for htmx."""

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django_htmx.middleware import HtmxMiddleware

from leadops import middleware


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
