"""`manage.py run`: everything on this machine, from database to scheduler, until Ctrl-C."""

import os
import socket
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser

from leadops.demo.people import signins
from leadops.runner import Supervisor, hold, wait_until_up

WEB = "granian --log-level error --interface wsgi --host {host} --port {port} --workers {workers}"
WORKER = "celery --quiet -A leadops worker --without-gossip --without-mingle --without-heartbeat"


class Command(BaseCommand):
    help = "Run the web server, the worker and the scheduler; PORT and BIND choose the address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)
        parser.add_argument("--host", default=os.environ.get("BIND") or "127.0.0.1")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        settings.VAR.mkdir(exist_ok=True)
        with hold(settings.VAR / "run.lock") as other:
            if other:
                raise CommandError(f"leadops is running here already, as process {other}.")
            if _taken(host, port):
                raise CommandError(f"Port {port} is in use. Choose another one: PORT=8001 make run")
            try:
                self.prepare()
                self.serve(host, port)
            except KeyboardInterrupt:
                self.stdout.write("Stopped.")

    def prepare(self) -> None:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if settings.PRODUCTION or get_user_model().objects.exists():
            return
        self.stdout.write("First start: making demo data …")
        try:
            call_command("demo")
        except BaseException:
            # Half a demo would pass for a whole one at the next start.
            call_command("flush", interactive=False, verbosity=0)
            raise

    def serve(self, host: str, port: int) -> None:
        processes = os.cpu_count() or 1
        supervisor = Supervisor(
            {
                "web": f"{WEB.format(host=host, port=port, workers=min(processes, 4))} "
                "--blocking-threads 8 --no-ws leadops.wsgi:application",
                "worker": f"{WORKER} --loglevel WARNING --concurrency {min(processes, 4)}",
                "scheduler": "celery --quiet -A leadops beat --loglevel WARNING",
            },
            say=self.stdout.write,
        )
        with supervisor:
            if wait_until_up(f"http://127.0.0.1:{port}/healthz", alive=supervisor.running):
                self.greet(port)
            try:
                supervisor.watch()
            except RuntimeError as error:
                raise CommandError(str(error)) from None
        self.stdout.write("Stopped.")

    def greet(self, port: int) -> None:
        self.stdout.write(f"\nleadops is at http://localhost:{port}/   (Ctrl-C stops it)\n")
        if settings.PRODUCTION:
            return
        for person in signins():
            self.stdout.write(f"  {person['email']:<32} {person['password']:<16} {person['role']}")


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
