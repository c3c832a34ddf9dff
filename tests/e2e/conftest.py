"""A real browser on a real server. `market` is the module's company, `tab(person)` opens a page.

Server and browser run through all modules; each module makes its company once and clears it away.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

from leadops.browsing import browsing, serving, started
from tests.e2e.market import Market

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
WORKER = "celery --quiet -A leadops worker --loglevel WARNING --beat --concurrency 1"

# Refusals (409, 422) that the page tells in words, and requests that a newer one has replaced.
NO_ERRORS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture(scope="session")
def environment(django_db_setup, django_db_blocker, tmp_path_factory):
    """What makes a process of the program one of this test run."""
    with django_db_blocker.unblock():
        database = connection.settings_dict["NAME"]
    return {
        "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
        "E2E_DATABASE": database,
        "E2E_FOLDER": str(tmp_path_factory.mktemp("e2e")),
        "PYTHONPATH": str(settings.BASE_DIR),
    }


@pytest.fixture(scope="session")
def address(environment):
    """Where the server listens."""
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(collect, env=os.environ | environment, check=True)
    with serving(**environment) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def worker(environment):
    """A real worker with its scheduler on the same database; it takes what the server rings for."""
    with started(WORKER, **environment) as process:
        yield process


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker):
    """In the place of pytest-django's: rows live as long as their module, not as a test."""
    with django_db_blocker.unblock():
        yield
        # The server remembers agreements by their id, so no id may come again.
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="module")
def market(address, transactional_db):
    """People; an agreement and leads as tests ask for them."""
    return Market()


@pytest.fixture
def tab(browser, address, market):
    """`tab(person, phone=False)`: a page of a browser of their own, signed in; None for nobody.

    Whatever the console reports as an error fails the test: scripts, the CSP, answers of 5xx.
    """
    contexts, errors = [], []

    def open_tab(person=None, *, phone=False, **options):
        context = browser.new_context(
            base_url=address, viewport=PHONE if phone else DESKTOP, **options
        )
        contexts.append(context)
        if person:
            context.add_cookies([session_cookie(person, address)])
        context.on("page", lambda page: watch(page, errors))
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
    assert not errors, errors


def session_cookie(person, address):
    """As if they had signed in; the form itself is tested in test_sign_in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}


def watch(page, errors):
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if _is_error(line) else None)
    page.on("response", lambda answer: _note_failure(answer, errors))


def _is_error(line):
    return line.type == "error" and not line.text.startswith(NO_ERRORS)


def _note_failure(answer, errors):
    if answer.status >= 500 or (answer.status == 404 and "/static/" in answer.url):
        errors.append(f"{answer.status} {answer.request.method} {answer.url}")
