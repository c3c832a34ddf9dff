"""What every page needs: sign-in first, nothing private in a cache, toasts also for htmx."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.page import current_path


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
