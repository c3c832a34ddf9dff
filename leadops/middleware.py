"""What every page needs: sign-in first, nothing private in a cache, toasts also for htmx; and what
no page gets: bodies without end, characters that no database holds."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.page import current_path
from intake.limits import UPLOAD_BYTES


class LoginRequired(LoginRequiredMiddleware):
    """An htmx request, too, leads to the whole sign-in page, and back to where the person was."""

    def handle_no_permission(self, request, view):
        if not request.htmx:
            return super().handle_no_permission(request, view)
        sign_in = redirect_to_login(
            # Not the URL of the fragment: nobody wants to land on that.
            current_path(request) or "/",
            self.get_login_url(view),
            self.get_redirect_field_name(view),
        )
        return HttpResponseClientRedirect(sign_in.url)


class Bounds:
    """Who has not signed in sends forms, and files nobody: Django would write any number of
    gigabytes to the disk before a view sees them. The API measures by itself, to say so in JSON.

    Filters of the admin hand their text to the database as it is; our own pages read theirs.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "measures", False) and _length(request) > _most(request):
            return HttpResponse("Too large.", status=413, content_type="text/plain")
        if "admin" in request.resolver_match.app_names:
            asked = [text for name, texts in request.GET.lists() for text in (name, *texts)]
            if any("\0" in text for text in asked):
                raise BadRequest("A NUL character is no text.")
        return None


def _length(request):
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _most(request):
    if request.user.is_authenticated:
        return 2 * UPLOAD_BYTES  # of a file that is too large its form says so in words
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class PrivatePages:
    """No cache shows a fragment as the page of its URL, or a page after signing out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
        if request.user.is_authenticated and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response


class Toasts:
    """Appends waiting messages to what htmx swaps in; else they wait for the next page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.htmx and swaps(response) and (waiting := get_messages(request)):
            context = {"messages": waiting, "out_of_band": True}
            response.write(render_to_string("components/_toasts.html", context, request))
        return response


def swaps(response):
    """Does htmx put this answer into the page? (See responseHandling in base.html.)"""
    leaves = {"HX-Redirect", "HX-Location", "HX-Refresh"} & response.headers.keys()
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return (
        response.status_code in (200, 409, 422)
        and is_html
        and not leaves
        and not response.streaming
    )
