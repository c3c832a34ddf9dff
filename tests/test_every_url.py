"""Nobody sees a page without signing in, except the ones that let people in."""

import re

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.urls import Resolver404, URLPattern, get_resolver, resolve

OPEN = {
    "healthz",
    "script",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
}
OPEN_TO_ALL = {"hosted"}  # capture forms: whole namespaces
SAMPLES = {"int": "1", "uuid": "01234567-89ab-cdef-0123-456789abcdef"}


def every_url(patterns, prefix="/"):
    """(name, an address that matches) for each entry of the URLconf."""
    for entry in patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if not isinstance(entry, URLPattern):
            if entry.namespace not in OPEN_TO_ALL:
                yield from every_url(entry.url_patterns, route)
        elif entry.name not in OPEN:
            path = simplify_regex(route) if "(?P" in route else route.rstrip("$")
            sample = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1], "x"), path)
            yield pytest.param(sample, id=f"{entry.name or 'nameless'} {route}")


@pytest.mark.django_db
@pytest.mark.parametrize("path", list(every_url(get_resolver().url_patterns)))
def test_strangers_are_sent_to_sign_in(client, path):
    answer = client.get(path)
    if answer.status_code == 302:
        assert answer.url.startswith(("/account/login/", "/admin/login/")), answer.url
    else:
        assert answer.status_code in (401, 403, 405) or not _is_open(path)


def _is_open(path):
    """A public view may answer 404 to a sample address; that must not pass for a closed door."""
    try:
        return not getattr(resolve(path).func, "login_required", True)
    except Resolver404:
        return False


@pytest.mark.django_db
@pytest.mark.parametrize("path", list(every_url(get_resolver().url_patterns)))
def test_strangers_change_nothing(client, path):
    answer = client.post(path)
    assert answer.status_code in (302, 401, 403, 404, 405)
