"""The two commands, the embedded parts and the refusal to start unsafely."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import kombu
import pytest
from django.conf import settings
from django.core.management import call_command

from leadops import broker, env
from leadops.embedded.cluster import Cluster, database, socket_directory
from leadops.runner import hold

ROOT = settings.BASE_DIR
SAFE = {
    "LEADOPS_MODE": "production",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQ",
    "ALLOWED_HOSTS": "leads.example.com",
    "DATABASE_URL": "postgres://someone@localhost/none",
    "CELERY_BROKER_URL": "redis://localhost",
    "EMAIL_URL": "smtp://localhost",
}


def start(**variables):
    """Load the settings in a process of its own, as any start does."""
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    code = "from leadops.settings import *"
    return subprocess.run(
        [sys.executable, "-c", code], env=clean, cwd=ROOT, capture_output=True, text=True
    )


def test_production_starts_with_safe_settings():
    answer = start(**SAFE)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("DEBUG", "yes"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
        ("CELERY_BROKER_URL", ""),
        ("EMAIL_URL", ""),
    ],
)
def test_production_refuses_and_names_what_is_unsafe(name, value):
    answer = start(**{**SAFE, name: value})
    assert answer.returncode != 0
    complaints = re.findall(r"^  - (\w+)", answer.stderr, re.MULTILINE)
    assert complaints == [name]


def test_a_typing_error_in_the_mode_is_no_demo():
    assert "LEADOPS_MODE must be" in start(LEADOPS_MODE="Production").stderr


def test_every_variable_is_documented():
    read = set()
    for path in [ROOT / "leadops/settings.py", ROOT / "leadops/management/commands/run.py"]:
        read |= set(re.findall(r'env(?:iron)?\.\w+\("([A-Z_]+)"', path.read_text()))
    documented = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == documented


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a remark\nLEADOPS_A=file\nLEADOPS_B='file'\n")
    monkeypatch.setenv("LEADOPS_A", "environment")
    monkeypatch.setenv("LEADOPS_B", "")
    monkeypatch.delenv("LEADOPS_B")
    env.read_file(file)
    assert (env.text("LEADOPS_A"), env.text("LEADOPS_B")) == ("environment", "file")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_requirements_are_pinned_and_name_no_registry():
    for name in ("requirements.txt", "requirements-node.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        for entry in re.split(r"\n(?=\S)", text):
            assert "==" in entry, entry
            assert "--hash=sha256:" in entry, entry
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def query(cluster: Cluster) -> str:
    """What the server answers over its socket, asked in a process of its own."""
    place = database(cluster.data)
    code = (
        "from django.conf import settings; import django; from django.db import connection\n"
        f"settings.configure(DATABASES={{'default': {place!r}}}); django.setup()\n"
        "cursor = connection.cursor(); cursor.execute('SELECT pg_postmaster_start_time()::text')\n"
        "print(cursor.fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def cluster(tmp_path):
    # The server runs as somebody else when we are root, and that user must get here.
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    # Longer than a unix socket's path may be, and with a space.
    deep = tmp_path / "a folder with a long name" / ("x" * 100)
    deep.mkdir(parents=True)
    cluster = Cluster(deep / "pg", durable=False)
    yield cluster
    cluster.leave()


def test_many_processes_start_one_server_and_the_last_one_stops_it(cluster):
    cluster.join()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(query(cluster))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    cluster.leave()
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_killed_server_is_started_again(cluster):
    cluster.join()
    before = query(cluster)
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, 9)
    assert query(cluster) > before


def test_long_paths_get_a_short_socket():
    assert socket_directory(Path("/srv/leadops/var/pg")) == Path("/srv/leadops/var/pg")
    assert len(str(socket_directory(Path("/srv") / ("x" * 200)))) < 40


def test_two_runs_at_once_know_of_each_other(tmp_path):
    lock = tmp_path / "run.lock"
    with hold(lock) as nobody, hold(lock) as other:
        assert nobody == ""
        assert other == str(os.getpid())
    with hold(lock) as free:
        assert free == ""


def test_the_folder_broker_delivers_each_message_once(tmp_path):
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options["control_folder"] = str(tmp_path / "control")
    got = []

    def take_all():
        with kombu.Connection(transport=broker.Transport, transport_options=options) as mine:
            queue = mine.SimpleQueue("work")
            while True:
                try:
                    message = queue.get(timeout=0.5)
                except queue.Empty:
                    break
                got.append(message.payload)
                message.ack()
            queue.close()

    with kombu.Connection(transport=broker.Transport, transport_options=options) as connection:
        queue = connection.SimpleQueue("work")
        takers = [threading.Thread(target=take_all) for _ in range(3)]
        for taker in takers:
            taker.start()
        for number in range(200):
            queue.put(number)
        queue.close()
        for taker in takers:
            taker.join()
    assert sorted(got) == list(range(200))
    assert not list(tmp_path.glob("*.msg*"))
