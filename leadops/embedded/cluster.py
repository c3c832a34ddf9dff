"""The embedded PostgreSQL: one cluster under var/, started by whoever needs it first.

Every process that uses the cluster holds a shared lock on it; the last one to leave stops it. The
kernel drops the lock of a killed process, so nothing has to be cleaned up by hand.
"""

import atexit
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadops.embedded import owner

NAME = "leadops"
SOCKET = ".s.PGSQL.5432"
PATIENCE = 30  # seconds
TUNING = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # To start workers takes 5 ms, a page has 50; the default of 1,000 is reached by such queries.
    "parallel_setup_cost": "10000",
    # Containers often have a /dev/shm of 64 MB: too little for a parallel hash join.
    "dynamic_shared_memory_type": "mmap",
    "log_min_messages": "warning",
}
# For data that is worth nothing after the run: tests and benchmarks.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def database(data: Path, name: str = NAME, *, durable: bool = True) -> dict[str, Any]:
    """The Django database `name` in the cluster at `data`. Touches nothing yet."""
    return {
        "ENGINE": "leadops.embedded",
        "NAME": name,
        "USER": "postgres",
        "HOST": str(socket_directory(data)),
        "EMBEDDED": {"data": str(data), "durable": durable},
    }


def socket_directory(data: Path) -> Path:
    """Where the server listens: beside its data, or under /tmp when that path is too long.

    A unix socket's path must fit in 108 bytes (104 on macOS), and libpq reads commas as a list.
    """
    if len(os.fsencode(data / SOCKET)) < 100 and re.fullmatch(r"[\w/.+-]+", str(data)):
        return data
    return Path("/tmp") / f"leadops-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"  # noqa: S108


@dataclass
class Cluster:
    """A PostgreSQL data directory and this process's share in it."""

    data: Path
    durable: bool
    membership: int | None = None

    def join(self) -> None:
        """Keep the server running as long as this process lives. Waits out a stop in progress."""
        if self.membership is None:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            self.membership = self._lock("users", fcntl.LOCK_SH)
            atexit.register(self.leave)

    def start(self) -> None:
        """Make the data directory if there is none, and start the server if nobody has."""
        starting = self._lock("start", fcntl.LOCK_EX)
        try:
            if not (self.data / "PG_VERSION").exists():
                self._create()
            as_user = owner.prepare(self.data, socket_directory(self.data))
            give_up = time.monotonic() + PATIENCE
            while not self._answers(as_user):
                complaint = self._boot(as_user)
                # What is left of a killed server takes a moment to go away.
                if complaint and time.monotonic() > give_up:
                    raise RuntimeError(f"The embedded database does not start:\n{complaint}")
        finally:
            os.close(starting)

    def leave(self) -> None:
        """Stop the server if no other process uses it."""
        if self.membership is None:
            return
        # A forked child shares our lock; a lock taken afresh sees whether any is left.
        os.close(self.membership)
        self.membership = None
        try:
            last = self._lock("users", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            if os.access(self.data, os.X_OK) and (self.data / "postmaster.pid").exists():
                as_user = owner.prepare(self.data, socket_directory(self.data))
                self._ctl(as_user, "stop", "-m", "fast")
        finally:
            os.close(last)

    def _create(self) -> None:
        # Beside its final place, so that a killed initdb leaves nothing half made.
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        as_user = owner.prepare(new, self.data)
        made = _run(
            as_user,
            "initdb",
            *("-D", str(new), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            # Code-point order and Unicode case mapping, the same on every machine.
            *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        if made.returncode != 0:
            raise RuntimeError(f"Could not create the embedded database:\n{made.stdout}")
        new.rename(self.data)

    def _answers(self, as_user: owner.User) -> bool:
        return _run(as_user, "pg_isready", *self._where()).returncode == 0

    def _boot(self, as_user: owner.User) -> str:
        """Start the server; returns its last words if it does not."""
        options = {**TUNING, **({} if self.durable else VOLATILE)}
        options["unix_socket_directories"] = str(socket_directory(self.data))
        switches = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
        log = self.data / "server.log"
        # After a crash on a large database, recovery may take minutes.
        started = self._ctl(as_user, "start", "-t", "600", "-l", str(log), "-o", switches)
        if started.returncode != 0:
            time.sleep(0.1)
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            return "\n".join([*lines[-20:], started.stdout])
        _run(as_user, "createdb", *self._where(), NAME)
        return ""

    def _where(self) -> tuple[str, ...]:
        return ("-h", str(socket_directory(self.data)), "-U", "postgres")

    def _ctl(self, as_user: owner.User, *command: str) -> "subprocess.CompletedProcess[str]":
        return _run(as_user, "pg_ctl", "-D", str(self.data), "-w", *command)

    def _lock(self, name: str, kind: int) -> int:
        descriptor = os.open(f"{self.data}.{name}.lock", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, kind)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor


def _run(as_user: owner.User, program: str, *args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [owner.BINARIES / program, *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        **as_user,
    )
