"""The pages as people get them: granian in a process of its own, one kept connection per reader."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from leadops.runner import wait_until_up

_TOKEN = "b" * 32  # a CSRF token; the cookie and the header must say the same
_SERVER = (
    "granian --log-level error --interface wsgi --host 127.0.0.1 --port {port} --workers {workers}"
    " --blocking-threads 8 --no-ws leadops.wsgi:application"
)


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    server_ms: float
    cpu_ms: float
    db_ms: float
    queries: int


class Reader:
    """A signed-in person with one kept connection."""

    def __init__(self, port, session):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={_TOKEN}",
            "X-CSRFToken": _TOKEN,
        }

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, body):
        """As htmx does; `body` is a form, encoded."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return self._ask("POST", path, body, kind)

    def queries(self, path):
        """[[ms, sql], …] that the page asks for."""
        return json.loads(self._ask("GET", path, None, {"X-Queries": "yes"}).body)

    def _ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, self.headers | (headers or {}))
        response = self.connection.getresponse()
        text = response.read().decode()
        timing = re.findall(r"=([\d.]+)", response.headers.get("Server-Timing", ""))
        app, cpu, db, asked = [float(number) for number in timing]
        return Answer(response.status, text, app, cpu, db, int(asked))


@contextmanager
def serving(workers=1):
    """Serve the database now in use; yields the port."""
    call_command("collectstatic", interactive=False, verbosity=0)
    port = _free_port()
    program, *rest = _SERVER.format(port=port, workers=workers).split()
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [Path(sys.executable).parent / program, *rest],
        env=os.environ | {"BENCH_DATABASE": name, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        cwd=settings.BASE_DIR,
    )
    try:
        if not wait_until_up(f"http://127.0.0.1:{port}/healthz", lambda: process.poll() is None):
            raise SystemExit("The web server does not start; its last words are above.")
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
