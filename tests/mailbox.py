"""A mail server of this machine, which the program sends to over SMTP as to any other."""

import asyncio
import email
import email.policy
import socket
import time
from contextlib import contextmanager
from functools import partial
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from leadops import env

LOGIN, PASSWORD = b"leadops", b"p@ss/word"


@pytest.fixture
def mailbox(settings):
    """The server runs, and the program sends to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox(port)
    for name, value in env.email(box.url).items():
        setattr(settings, name, value)
    settings.EMAIL_USE_TLS = False  # it has no certificate
    box.start()
    yield box
    box.stop()


class Mailbox:
    """`says`: {command: the answer in place of 250}. `breaks`: where it hangs up, "RCPT", "DATA",
    "250" (the email is here, and nobody is told) or "QUIT". `slow`: the seconds that it takes over
    an email. `tries`: how many recipients it was asked about."""

    def __init__(self, port):
        self.port, self.url = port, f"smtp://leadops:p%40ss%2Fword@127.0.0.1:{port}"
        self.mails, self.says, self.breaks, self.slow, self.tries = [], {}, "", 0, 0

    def start(self):
        self._running = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=_check,
            auth_require_tls=False,
        )
        self._running.start()

    def stop(self):
        self._running.stop()

    @contextmanager
    def down(self):
        """Nobody answers; `knocks` counts who comes. The port stays ours."""
        self.stop()
        self.knocks = 0
        with _Closed(("127.0.0.1", self.port), partial(_Knock, self)) as closed:
            Thread(target=closed.serve_forever, args=[0.01], daemon=True).start()
            try:
                yield
            finally:
                closed.shutdown()
        self.start()

    def wait(self, count, seconds=5):
        """The emails that have come, as soon as there are so many; it takes no more than that."""
        end = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.mails) == count
        return list(self.mails)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.tries += 1
        if self.breaks == "RCPT":
            server.transport.abort()
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.slow)
        if self.breaks == "DATA":
            server.transport.abort()
        elif "DATA" not in self.says:
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            mail["Delivered-To"] = ", ".join(envelope.rcpt_tos)
            self.mails.append(mail)
        if self.breaks == "250":
            server.transport.abort()
        return self.says.get("DATA", "250 OK")

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        if self.breaks == "QUIT":
            server.transport.abort()
        return "221 Bye"


class _Closed(TCPServer):
    allow_reuse_address = True


class _Knock(BaseRequestHandler):
    def __init__(self, box, *args):
        box.knocks += 1
        super().__init__(*args)


def _check(server, session, envelope, mechanism, auth):
    said = (auth.login, auth.password)
    return AuthResult(success=said == (LOGIN, PASSWORD), handled=False)
