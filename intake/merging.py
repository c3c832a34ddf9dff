"""Second half of an import: staged rows become leads, a batch of people in one transaction.

All rows of one person are folded into one before they are compared with the lead, the last value
winning, so a file that says two things of a person does not change anything when it comes again.
Email and external ID stay as they are when the file names them anywhere, be it in a row that was
rejected for naming two people, else the first one wins. leads/arriving.py is the same for people
who come one by one.
"""

import json
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from psycopg.errors import UniqueViolation

from intake import batch, changelog, companies, jobs, updating
from intake.inserting import execute, insert
from intake.limits import CHUNK
from intake.models import RejectedRow, StagedRow
from intake.staging import UNKNOWN
from leads import consents
from leads.capture import announce_births
from leads.changes import recording
from leads.lifecycle import UNQUALIFIED
from leads.models import Lead, LeadEvent

ATTEMPTS = 3
CLASH = "Its email address, external ID or number was given to somebody else at this moment."
NEW_LEAD = {
    "id": "lead_id",
    "email": "email",
    "company_id": "company_id",
    "created_at": "%(now)s",
    "stage_at": "%(now)s",
}

BIRTH = {
    "lead_id": "lead_id",
    "name": "'captured'",
    "target": "%(unqualified)s",
    "actor_id": "%(actor)s::bigint",
    "happened_at": "%(now)s",
    "score": "0",
    "details": "%(details)s::jsonb",
}


@dataclass
class Merged:
    """What became of the rows of a batch; `last` is its last person."""

    last: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def progress(self):
        names = ("created", "updated", "unchanged", "skipped", "failed")
        return {"merged_to": self.last, **{name: F(name) + getattr(self, name) for name in names}}


def merge(job, *, now, trial=None):
    """Merge the people who are not merged yet. Raises jobs.Stopped.

    With a `trial` (intake/trying.py) each batch is looked at by it and then rolled back.
    """
    while _next(job, now, CHUNK, trial):
        pass


def _next(job, now, people, trial):
    """Somebody else may create the same person at this moment; then there is a lead to update. What
    still clashes is looked at in smaller pieces, so that it costs its own rows only."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _piece(job, now, people, trial)
        except (IntegrityError, OperationalError) as error:
            if not connection.is_usable():
                raise
            if attempt < ATTEMPTS and people == CHUNK:
                continue
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            break
    return _next(job, now, people // 2, trial) if people > 1 else _turn_away_one(job)


def _piece(job, now, people, trial):
    with transaction.atomic():
        with recording(f"import {job.pk}"):
            jobs.hold(job)
            merged = _merge_some(job, now, people, trial)
            if merged and trial:
                trial.look()
            elif merged:
                jobs.advance(job, **merged.progress)
        if trial:
            transaction.set_rollback(True)
    if merged and trial:
        jobs.advance(job, **merged.progress)
    return merged


def _merge_some(job, now, people, trial):
    params = {"job": job.pk, "system": job.system, "after": _merged_to(job), "most": people}
    last = params["last"] = execute(batch.LAST, params)[0][0]
    if last is None:
        return None
    execute("DROP TABLE IF EXISTS pg_temp.intake_batch")
    execute(batch.BATCH, params)
    execute("CREATE UNIQUE INDEX ON pg_temp.intake_batch (person); ANALYZE pg_temp.intake_batch")
    if trial:
        trial.prepare(params)
    execute(batch.LOCK)
    execute(batch.FIND)
    execute(batch.FIND_BY_SYSTEMS_ID if job.system else batch.FIND_BY_ID, params)
    execute(batch.FIND_BY_PHONE, params)
    skipped = _skip_unknown(job, params)
    execute(batch.LOCK)
    companies.merge(job, now, params)
    execute(updating.leads(job), params)
    execute(batch.UPDATE_ATTRIBUTES, params | updating.attributes(job))
    born = _create(job, now)
    if job.system:
        execute(batch.KEEP_IDS, params)
    changelog.created(job, "lead", born)
    _record_births(job, now)
    if not trial and any(e["to"] == "lead.consent_basis" for e in job.mapping["columns"].values()):
        leads = [pk for (pk,) in execute("SELECT lead_id FROM intake_batch")]
        consents.follow(leads, source=f"import {job.pk}", now=now, by=job.created_by)
    created, updated, unchanged = execute(batch.COUNT, params)[0]
    return Merged(last, created, updated, unchanged, skipped)


def _skip_unknown(job, params):
    if not job.mapping.get("update_only"):
        return 0
    return execute(batch.DROP_UNKNOWN, params | {"why": UNKNOWN})[0][0]


def _create(job, now):
    execute(batch.NUMBER)
    new = NEW_LEAD | updating.facts(job, "fields->>'{}'")
    if not job.system:
        new["external_id"] = "external_id"
    insert(Lead, new, "intake_batch WHERE is_new", now=now)
    execute(batch.NEW_ATTRIBUTES)
    return [pk for (pk,) in execute("SELECT lead_id FROM intake_batch WHERE is_new ORDER BY 1")]


def _record_births(job, now):
    """As leads.capture does for those who come one by one."""
    details = json.dumps({"import": job.pk})
    said = {"actor": job.created_by_id, "unqualified": UNQUALIFIED, "details": details, "now": now}
    events = insert(
        LeadEvent, BIRTH, "intake_batch WHERE is_new ORDER BY lead_id", returning="id", **said
    )
    announce_births([pk for (pk,) in events])


@transaction.atomic
def _turn_away_one(job):
    """The next person clashes with somebody, and not for a moment."""
    jobs.hold(job)
    (person,), *_ = execute(_NEXT, [job.pk, _merged_to(job)])
    rows = StagedRow.objects.filter(job=job, person=person)
    lines = list(rows.values_list("line", "email"))
    RejectedRow.objects.bulk_create(
        RejectedRow(job=job, line=line, reason=CLASH, values=[email]) for line, email in lines
    )
    merged = Merged(person, failed=len(lines))
    jobs.advance(job, **merged.progress)
    return merged


def _merged_to(job):
    job.refresh_from_db(fields=["merged_to"])
    return -(2**63) if job.merged_to is None else job.merged_to


_NEXT = "SELECT min(person) FROM intake_stagedrow WHERE job_id = %s AND person > %s"
