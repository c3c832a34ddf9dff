"""A server of our own on a free port and a real Chromium: for pictures and for browser tests."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leadops.runner import die_with_parent, wait_until_up

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WEB = "--log-level error --interface wsgi --no-ws --workers 1 --blocking-threads 8"
# It is there to see our pages, not to look for its own updates.
QUIET = [
    "--disable-gpu", "--disable-quic", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip


def chromium() -> str:
    """Where Chromium is; CHROMIUM names another one. Raises FileNotFoundError in words."""
    wanted = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser"]
    for found in filter(None, map(shutil.which, wanted)):
        return found
    raise FileNotFoundError("Chromium is missing: sudo apt-get install chromium")


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """The program, served as `make run` does, until the block ends. Yields its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with started(f"granian {WEB} --port {port} leadops.wsgi:application", **environment) as web:
        if not wait_until_up(f"{address}/healthz", alive=lambda: web.poll() is None):
            raise RuntimeError("The server does not start; its last words are above.")
        yield address


@contextmanager
def started(command: str, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of this environment that runs as long as the block, and not longer than we."""
    program, *rest = command.split()
    process = subprocess.Popen(
        [Path(sys.executable).parent / program, *rest],
        env=os.environ | environment,
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def browsing() -> Iterator["Browser"]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    # Chromium's sandbox does not work as root, as in most build machines.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
