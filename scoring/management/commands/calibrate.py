"""`manage.py calibrate --outcome attr.converted`: what outcomes teach, and a draft made of it."""

import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.refusals import Refusal


class Command(BaseCommand):
    help = "Learn points from outcomes; prints the report. See docs/calibration.md."

    def add_arguments(self, parser):
        parser.add_argument(
            "--outcome", required=True, metavar="FIELD", help="accepted, won, or attr.CODE"
        )
        parser.add_argument("--fields", nargs="+", default=[], metavar="FIELD", help="only these")
        parser.add_argument("--exclude", nargs="+", default=[], metavar="FIELD", help="not these")
        parser.add_argument(
            "--trust", nargs="+", default=[], metavar="FIELD", help="use these despite a warning"
        )
        parser.add_argument("--order-by", default="", metavar="FIELD", help="oldest first")
        parser.add_argument(
            "--train-before", default="", metavar="VALUE", help="learn from those before it only"
        )
        parser.add_argument("--model", type=int, metavar="VERSION", help="whose rules are judged")
        parser.add_argument("--draft", default="", metavar="NAME", help="make a draft model")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, draft, **options):
        from scoring.calibration import calibrating, drafting, telling

        asked = {name: options[name] for name in _ASKED}
        try:
            report = calibrating.calibrate(**asked, now=timezone.now())
            made = drafting.create_draft(report, draft) if draft and report["suggests"] else None
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["json"]:
            report["draft"] = made and made.version
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        for line in telling.lines(report):
            self.stdout.write(line)
        if made:
            self.stdout.write(f"Draft: {made} with {made.rules.count()} rules")


_ASKED = ("outcome", "fields", "exclude", "trust", "order_by", "train_before", "model")
