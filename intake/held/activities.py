"""Activities: who, what, when. The same row again is the same activity."""

import hashlib
import json
import re

from django.core.serializers.json import DjangoJSONEncoder

from intake.held import people, rowwise
from intake.held.cells import Reader
from intake.held.people import Subject
from intake.kinds import KINDS
from leads import activities
from leads.models import Activity

SOURCE = "import"  # of what no system is named for
_PROPERTIES = ("link", "message_id", "user_agent")


def run(job, *, now):
    reader = Reader(job, KINDS[job.kind].typed, now=now)
    rowwise.run(job, reader, lambda lines: _take(job, reader, lines, now))


def _take(job, reader, lines, now):
    told = [(line, row) for line in lines if (row := _told(line, reader, job, now)) is not None]
    known = _known(told)
    fresh = []
    for line, row in told:
        line.outcome = "unchanged" if row.external_id in known else "created"
        if line.outcome == "created":
            known.add(row.external_id)
            fresh.append((line, row))
    _give_leads(job, fresh, now)
    made = [row for line, row in fresh if not line.refusal]
    activities.record(made)
    rowwise.changed(job, Subject.ACTIVITY, [(row.pk, None, {"lead": row.lead_id}) for row in made])


def _told(line, reader, job, now):
    """The Activity of a row, without its lead; or None with a refusal."""
    said = line.said
    if lacks := _lacks(said):
        line.refusal = lacks
        return None
    word = re.sub(r"[\W_]+", " ", said["activity.kind"]).strip().lower()
    if word not in _KINDS:
        line.refusal = (
            f"“{said['activity.kind'][:60]}” is no kind of activity; say on the mapping what it"
            " means, such as webinar or call."
        )
        return None
    email = said.get("activity.by", "")
    properties = {n: said[f"activity.{n}"] for n in _PROPERTIES if f"activity.{n}" in said}
    properties |= {t.removeprefix("property."): v for t, v in said.items() if t[:9] == "property."}
    by = reader.user(email) if email else None
    if email and by is None:
        properties["by"] = email
    return Activity(
        kind=_KINDS[word],
        happened_at=said["activity.happened_at"],
        recorded_at=now,
        subject=said.get("activity.subject", ""),
        body=said.get("activity.body", ""),
        properties=properties | {"import": job.pk},
        by=by,
        source=job.system or SOURCE,
        external_id=said.get("activity.external_id") or _digest(said),
    )


def _lacks(said):
    if not said.keys() & {"lead.email", "lead.external_id", "lead.phone"}:
        return "Neither an email address nor an external ID nor a phone number."
    if "activity.kind" not in said:
        return "The kind of activity is missing."
    return "" if "activity.happened_at" in said else "When it happened is missing."


def _known(told):
    """Ids of those that are here already."""
    ids = [row.external_id for _, row in told]
    source = told[0][1].source if told else ""
    known = Activity.objects.filter(source=source, external_id__in=ids)
    return set(known.values_list("external_id", flat=True))


def _give_leads(job, fresh, now):
    """Each its lead: found, or born when the mapping says so; else the row is refused."""
    persons = [people.person(line.said) for line, _ in fresh]
    if not job.mapping["update_only"]:
        people.bring(job, persons, now=now)
        for (line, row), person in zip(fresh, persons, strict=True):
            if person.refusal:
                line.refusal = person.refusal.message
            else:
                row.lead_id = person.lead.pk
        return
    known = people.find(persons, job.system)
    for place, (line, row) in enumerate(fresh):
        row.lead_id = known.get(place)
        if row.lead_id is None:
            line.refusal = "Nobody here has this email, id or phone number."
        elif row.lead_id == 0:
            line.refusal = "The email address and the external ID belong to two different people."


def _digest(said):
    """An id for a row that brings none: the same words are the same activity."""
    text = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True)
    return f"row {hashlib.sha256(text.encode()).hexdigest()[:40]}"


_KINDS = {
    re.sub(r"[\W_]+", " ", name).lower(): kind.value
    for kind in Activity.Kind
    for name in (kind.value, kind.label)
}
