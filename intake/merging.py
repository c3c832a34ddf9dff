"""Second half of an import: staged rows become leads, a batch of people in one transaction.

All rows of one person are folded into one before they are compared with the lead, the last value
winning, so a file that says two things of a person does not change anything when it comes again.
Email and external ID stay as they are when the file names them anywhere, be it in a row that was
rejected for naming two people, else the first one wins.
"""

from django.db import IntegrityError, OperationalError, connection
from django.db.models import F

from intake import batch, companies, jobs
from intake.inserting import execute, insert
from intake.limits import CHUNK
from leads.capture import record_births
from leads.changes import recording
from leads.models import Lead

ATTEMPTS = 3
NEW_LEAD = {
    "id": "lead_id",
    "email": "email",
    "external_id": "external_id",
    "company_id": "company_id",
    "created_at": "%(now)s",
    "stage_at": "%(now)s",
}


def merge(job, *, now):
    """Merge the people who are not merged yet. Raises jobs.Stopped."""
    while _retried(job, now):
        pass


def _retried(job, now):
    """Somebody else may create the same person at this moment; then there is a lead to update."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with recording(f"import {job.pk}"):
                return _merge_some(job, now)
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS or not connection.is_usable():
                raise
    return False


def _merge_some(job, now):
    jobs.hold(job)
    execute("DROP TABLE IF EXISTS pg_temp.intake_batch")
    execute(batch.BATCH, {"job": job.pk, "after": _merged_to(job), "most": CHUNK})
    execute("CREATE UNIQUE INDEX ON pg_temp.intake_batch (person); ANALYZE pg_temp.intake_batch")
    last = execute("SELECT max(person) FROM intake_batch")[0][0]
    if last is None:
        return False
    execute(batch.LOCK)
    execute(batch.FIND)
    execute(batch.LOCK)
    if any(entry["to"].startswith("company.") for entry in job.mapping["columns"].values()):
        companies.merge(job, now)
    execute(_update_leads(job))
    execute(batch.UPDATE_ATTRIBUTES)
    execute(batch.NUMBER)
    insert(Lead, NEW_LEAD | _facts(job, "fields->>'{}'"), "intake_batch WHERE is_new", now=now)
    execute(batch.NEW_ATTRIBUTES)
    born = [pk for (pk,) in execute("SELECT lead_id FROM intake_batch WHERE is_new ORDER BY 1")]
    record_births(born, by=job.created_by, now=now, details={"import": job.pk})
    created, updated, unchanged = execute(batch.COUNT, {"job": job.pk})[0]
    jobs.advance(
        job,
        merged_to=last,
        created=F("created") + created,
        updated=F("updated") + updated,
        unchanged=F("unchanged") + unchanged,
    )
    return True


def _merged_to(job):
    job.refresh_from_db(fields=["merged_to"])
    return -(2**63) if job.merged_to is None else job.merged_to


def _update_leads(job):
    """One UPDATE of the mapped columns; rows that would stay the same are not touched."""
    new = {
        "email": _key(job, "email", "lower({})"),
        "external_id": _key(job, "external_id", "{}"),
        "company_id": "COALESCE(b.company_id, l.company_id)",
    }
    new |= _facts(job, "COALESCE(b.fields->>'{0}', l.{0})")
    if "do_not_contact" in new:  # whoever asked for silence keeps it
        new["do_not_contact"] = (
            "l.do_not_contact OR COALESCE((b.fields->>'do_not_contact')::boolean, false)"
        )
    sets = ", ".join(f"{name} = {value}" for name, value in new.items())
    differs = " OR ".join(f"l.{name} IS DISTINCT FROM {value}" for name, value in new.items())
    return f"""
        WITH changed AS (
            UPDATE leads_lead l SET {sets} FROM intake_batch b
            WHERE l.id = b.lead_id AND NOT b.is_new AND ({differs}) RETURNING l.id
        ) UPDATE intake_batch b SET changed = true FROM changed c WHERE b.lead_id = c.id
    """  # noqa: S608


def _key(job, column, fold):
    """It stays when the file names it; when a row that was rejected does; and when a race has given
    the new one to another lead since the rows were staged."""
    old, new, other = (fold.format(f"{row}.{column}") for row in "lbo")
    return f"""CASE WHEN b.{column} IS NULL OR {old} = ANY(b.{column}s)
        OR EXISTS (SELECT 1 FROM leads_lead o WHERE {other} = {new} AND o.id <> l.id)
        OR (l.{column} <> '' AND EXISTS (
            SELECT 1 FROM intake_rejectedrow r WHERE r.job_id = {job.pk:d} AND r.{column} = {old}))
        THEN l.{column} ELSE b.{column} END"""  # noqa: S608


def _facts(job, sql):
    """{column of Lead: `sql` with its name} for those that the mapping fills, without the keys."""
    names = {entry["to"].removeprefix("lead.") for entry in job.mapping["columns"].values()}
    if "name" in names:
        names = names - {"name"} | {"first_name", "last_name"}
    names = {name for name in names if "." not in name} - {"email", "external_id"}
    facts = {name: sql.format(name) for name in sorted(names)}
    if "do_not_contact" in facts:
        facts["do_not_contact"] = f"({facts['do_not_contact']})::boolean"
    return facts
