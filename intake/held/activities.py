"""Activities: who, what, when. The same row again is the same activity."""

import hashlib
import json
import re

from django.core.serializers.json import DjangoJSONEncoder

from intake.cells import Rejected
from intake.held import people, rowwise
from intake.held.cells import Reader
from intake.held.people import Subject
from intake.kinds import KINDS
from leads import activities
from leads.models import Activity

SOURCE = "import"  # of what no system is named for
_PROPERTIES = ("link", "message_id", "user_agent")


def run(job, *, now, trial=None):
    reader = Reader(job, KINDS[job.kind].typed, now=now)
    rowwise.run(job, reader, lambda lines: _take(job, reader, lines, now), _keys, trial)


def _keys(lines):
    return [[_id(line.said)] for line in lines]


def _take(job, reader, lines, now):
    told = [(line, *row) for line in lines if (row := _told(line, reader, job, now)) is not None]
    known = _known([row for _, row, _ in told])
    _give_leads(job, [one for one in told if one[1].external_id not in known], now)
    made = []
    for line, row, _person in told:
        if line.refusal:
            continue
        if row.external_id in known:
            line.outcome, line.lead_id = "unchanged", known[row.external_id]
            continue
        line.outcome, row.lead_id = "created", line.lead_id
        known[row.external_id] = line.lead_id
        made.append(row)
    activities.record(made)
    rowwise.changed(job, Subject.ACTIVITY, [(row.pk, None, {"lead": row.lead_id}) for row in made])


def _told(line, reader, job, now):
    """(the Activity of a row, without its lead; whose it is), or None with a refusal."""
    try:
        person = people.person(line.said)
        return _activity(line.said, reader, job, now), person
    except Rejected as error:
        line.refuse(error)
        return None


def _activity(said, reader, job, now):
    word = re.sub(r"[\W_]+", " ", _needed(said)).strip().lower()
    if word not in _KINDS:
        raise Rejected(
            f"“{said['activity.kind'][:60]}” is no kind of activity; say on the mapping what it"
            " means, such as webinar or call."
        )
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
        external_id=_id(said),
    )


def _needed(said):
    """The word for the kind."""
    if "activity.kind" not in said:
        raise Rejected("The kind of activity is missing.")
    if "activity.happened_at" not in said:
        raise Rejected("When it happened is missing.")
    return said["activity.kind"]


def _known(rows):
    """{id: lead id} of those that are here already."""
    ids = [row.external_id for row in rows]
    source = rows[0].source if rows else ""
    known = Activity.objects.filter(source=source, external_id__in=ids)
    return dict(known.values_list("external_id", "lead_id"))


def _give_leads(job, fresh, now):
    """Each its lead: found, or born when the mapping says so; else the row is turned away."""
    people.admit(job, [(line, person) for line, _, person in fresh])
    if job.mapping["update_only"]:
        return
    people.bring(job, [person for *_, person in fresh], now=now)
    for line, _row, person in fresh:
        people.answer(line, person)


def _id(said):
    """A row that brings none: the same words are the same activity."""
    if own := said.get("activity.external_id"):
        return own
    text = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True)
    return f"row {hashlib.sha256(text.encode()).hexdigest()[:40]}"


_KINDS = {
    re.sub(r"[\W_]+", " ", name).lower(): kind.value
    for kind in Activity.Kind
    for name in (kind.value, kind.label)
}
