"""`python -m bench NAME [--small]`, `python -m bench all`; exit status 1 when a figure is short."""

import argparse
import importlib
import os
import subprocess
import sys

import django
from django.conf import settings

from leadops.runner import hold

NAMES = ["calibrate", "claims", "imports", "lists", "preview", "queues", "rescore", "routing"]


def main():
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--small", action="store_true", help="less data, under a minute")
    said = parser.parse_args()
    return everything(said.small) if said.name == "all" else one(said.name, said.small)


def one(name, small):
    """Run one benchmark and end with its verdict."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    with hold(settings.VAR / "bench.lock") as other:
        if other:
            sys.exit(f"A benchmark is running here already, as process {other}.")
        verdict = importlib.import_module(f"bench.{name}").run(small)
    word = "ok" if verdict.ok else "short"
    print(f"{name} figure={verdict.figure} bar={verdict.bar} {word}")
    return not verdict.ok


def everything(small):
    """Each in a process of its own, so that none warms up the next."""
    failed = []
    for name in NAMES:
        print(f"--- {name}", flush=True)
        command = [sys.executable, "-m", "bench", name, *(["--small"] if small else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    return bool(failed)


sys.exit(main())
