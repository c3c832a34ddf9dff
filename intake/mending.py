"""The rows that were turned away come again, corrected: a new import, mapped as the first one."""

from intake import jobs


def mend(job, file, *, by, now):
    """The job of the corrected file, which waits for its mapping to be confirmed. Raises
    Unreadable."""
    new = jobs.upload(file, name=file.name, by=by, now=now)
    new.mends, new.kind, new.system, new.preset = job, job.kind, job.system, job.preset
    entries = job.mapping["columns"]
    new.mapping = job.mapping | {
        "columns": {one["name"]: entries.get(one["name"], {"to": ""}) for one in new.columns}
    }
    new.save()
    return new
