"""The dry run: what an import would do, told by the import itself. Each batch is merged, looked at
and rolled back, so nothing stays and nobody waits for it longer than for one batch.

ImportJob.trial is {"counts": {outcome: rows}, "samples": {outcome: [{"line", "who", "what"}]},
"mapping": its fingerprint, "at": moment}; `what` of an update is [[label, before, after]], of a row
that is turned away the words why.
"""

import hashlib
import json

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from intake import companies, jobs, kinds, mapping, merging, samples, staging
from intake.held import trying as held
from intake.models import ImportJob
from intake.updating import OVERWRITE

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed")
State = ImportJob.State


def run(job, *, now):
    """Begun again after a kill, it begins anew."""
    total = staging.count_rows(job)
    with transaction.atomic():
        jobs.hold(job)
        jobs.forget_rows(job)
        jobs.advance(job, **jobs.ZERO | {"rows_total": total})
    job.refresh_from_db()
    if path := kinds.KINDS[job.kind].run:
        trial = held.Trial(job)
        import_string(path)(job, now=now, trial=trial)
    else:
        trial = Trial(job, now)
        staging.stage(job)
        merging.merge(job, now=now, trial=trial)
    _end(job, trial.samples | samples.turned_away(job))


def fingerprint(chosen):
    """Of a mapping, whatever it leaves out: does a dry run still tell what it will do?"""
    columns = {
        name: [entry["to"], entry.get("write") or OVERWRITE, entry.get("values") or {}]
        for name, entry in chosen["columns"].items()
        if entry["to"]
    }
    rules = [chosen.get("dates") or "ymd", bool(chosen.get("update_only"))]
    said = [columns, chosen["empty_words"], chosen["decimal"], *rules]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class Trial:
    """Looks at the batches of one dry run of leads; of other kinds: intake/held/trying.py."""

    def __init__(self, job, now):
        self.job, self.now = job, now
        self.samples = {outcome: [] for outcome in ("created", "updated", "unchanged")}
        self.made: set[str] = set()

    def prepare(self, rows):
        """What earlier batches would have left: attributes, and companies by their domain."""
        mapping.make_attributes(self.job.mapping)
        companies.make_again(self.made & companies.email_domains(rows), self.now)

    def look(self):
        self.made |= companies.made(self.job)
        for outcome, found in self.samples.items():
            if lacking := samples.MOST - len(found):
                found += samples.of_batch(self.job, outcome, lacking)


def _end(job, found):
    with transaction.atomic():
        jobs.hold(job)
        job.refresh_from_db()
        job.trial = {
            "counts": {name: getattr(job, name) for name in (*OUTCOMES, "read")},
            "samples": found,
            "mapping": fingerprint(job.mapping),
            "at": timezone.now().isoformat(),
        }
        job.state = State.UPLOADED
        job.save(update_fields=["trial", "state"])
        jobs.advance(job, **jobs.ZERO)
        jobs.forget_rows(job)
