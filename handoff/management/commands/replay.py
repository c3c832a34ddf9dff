"""Compute the past again: each stored score as of its moment, and each moment at which the system
judged, by what was known and in force then. Exit status 1 when anything differs from history."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.dateparse import parse_date

from handoff import replaying
from scoring import recomputing


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--since", metavar="DATE", help="only from that day on, YYYY-MM-DD (UTC)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, since, **options):
        start = _morning_of(since) if since else None
        report = {
            "scores": _added(map(recomputing.recompute, recomputing.moments(start))),
            "qualifications": _added(map(replaying.replay, replaying.moments(start))),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, cls=DjangoJSONEncoder, indent=2))
        else:
            self._say(report)
        if any(part["differences"] for part in report.values()):
            raise SystemExit(1)

    def _say(self, report):
        for name, part in report.items():
            for one in part["differences"]:
                self.stdout.write(
                    f"lead {one['lead_id']} at {one['at'].isoformat()}: history says"
                    f" “{one['history']}”, the replay “{one['replay']}”"
                )
            self.stdout.write(
                f"{name}: {part['compared']} compared at {part['moments']} moments"
                f" ({part['leads']} leads computed again), {len(part['differences'])} differences"
            )


def _morning_of(words):
    try:
        day = parse_date(words)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"--since: {words} is not a date (YYYY-MM-DD).")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _added(parts):
    """One sum of the moments' (differences, how many were compared, leads computed again)."""
    parts = list(parts)
    return {
        "moments": len(parts),
        "compared": sum(compared for _, compared, _ in parts),
        "leads": sum(leads for *_, leads in parts),
        "differences": [asdict(one) for found, *_ in parts for one in found],
    }
