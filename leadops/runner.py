"""Keeps the processes of `manage.py run` going, and lets none outlive it."""

import ctypes
import fcntl
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

GRACE = 15  # seconds a process gets to finish what it is doing
HEALTHY = 20  # seconds after which a process counts as started
ATTEMPTS = 5
PR_SET_PDEATHSIG = 1


@contextmanager
def hold(lock: Path) -> Iterator[str]:
    """Own `lock` for the time of the block; yields who has it instead, or an empty string."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read().strip() or "unknown"
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield ""


def wait_until_up(url: str, alive: Callable[[], bool], seconds: float = 60) -> bool:
    """Ask until something answers, as long as it can."""
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
        except urllib.error.HTTPError:
            return True  # It answers; what it says is not our concern.
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


class Supervisor:
    """Starts `commands` (name → program of this environment), restarts what dies, stops all."""

    def __init__(self, commands: dict[str, str], say: Callable[[str], object]) -> None:
        self.commands = commands
        self.say = say
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.born: dict[str, float] = {}
        self.failures = dict.fromkeys(commands, 0)
        self.stopping = False

    def __enter__(self) -> "Supervisor":
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(kind, self._stop)
        for name in self.commands:
            self._start(name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in self.processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def running(self) -> bool:
        return not self.stopping

    def watch(self) -> None:
        """Until told to stop: start again what ends; give up on what cannot live."""
        while not self.stopping:
            time.sleep(0.2)
            for name, process in self.processes.items():
                if not self.stopping and process.poll() is not None:
                    self._revive(name, process.returncode)

    def _revive(self, name: str, status: int) -> None:
        lived = time.monotonic() - self.born[name]
        self.failures[name] = 0 if lived > HEALTHY else self.failures[name] + 1
        if self.failures[name] == ATTEMPTS:
            raise RuntimeError(
                f"{name} does not start (status {status}); its last words are above."
            )
        self.say(f"{name} ended with status {status}; starting it again.")
        time.sleep(1)
        self._start(name)

    def _stop(self, signal_number: int, frame: object) -> None:
        self.stopping = True

    def _start(self, name: str) -> None:
        self.born[name] = time.monotonic()
        program, *rest = shlex.split(self.commands[name])
        self.processes[name] = subprocess.Popen(
            [Path(sys.executable).parent / program, *rest],
            # A group of its own: Ctrl-C reaches us alone, and we stop the others in order.
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )


def die_with_parent() -> None:
    """So that even a killed `run` leaves nothing behind (Linux only)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
