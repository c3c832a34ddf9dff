"""A few rows of each outcome of a dry run: which line, whom it is about, and what changes."""

import json
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from intake.changelog import BESIDE
from intake.inserting import execute
from intake.limits import SAMPLES as MOST
from intake.targets import COMPANY, LEAD
from leads.models import Attribute, Company

SHOWN = 12  # changes of one row


def of_batch(job, outcome, most):
    """Rows of intake_batch with this outcome; `most` of them at most."""
    rows = execute(_ROWS[outcome], {"job": job.pk, "most": most})
    labels = _labels() if rows else {}
    return [
        {"line": line, "who": who, "what": _changes(before, after, labels)}
        for line, who, before, after in rows
    ]


def turned_away(job):
    """{"skipped": …, "failed": …} of the rows that are told."""
    found = {}
    for outcome in ("skipped", "failed"):
        rows = job.rejected.filter(skipped=outcome == "skipped").order_by("line", "pk")[:MOST]
        found[outcome] = [{"line": r.line, "who": _cells(r), "what": r.reason} for r in rows]
    return found


def shown(value):
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dict):  # a name in parts
        return " ".join(value.values())[:120]
    return "" if value is None else str(value)[:120]


def _cells(row):
    return " · ".join(filter(None, row.values))[:120]


def _changes(before, after, labels):
    """[[label, from, to]] in the order of the labels."""
    before, after = json.loads(before or "{}"), json.loads(after or "{}")
    company = {one[key] for one in (before, after) for key in ("company_id",) if one.get(key)}
    names = {one.pk: str(one) for one in Company.objects.filter(pk__in=company)} if company else {}
    found = []
    for name in [*[one for one in labels if one in after], *[n for n in after if n not in labels]]:
        if name in BESIDE:
            continue
        old, new = before.get(name), after[name]
        if name == "company_id":
            old, new = names.get(old), names.get(new)
        if old != new:
            found.append([labels.get(name, name), shown(old), shown(new)])
    return found[:SHOWN]


def _labels():
    """{column of Lead, or code of an attribute: how it is called}"""
    fields = {name.removeprefix("lead."): str(label) for name, label in LEAD.items()}
    fields["company_id"] = str(COMPANY["company.name"])
    return fields | dict(Attribute.objects.values_list("code", "label"))


# Who they are first, then what was done to them: the log has no index by lead.
_PICKED = """
    WITH picked AS MATERIALIZED (
        SELECT (SELECT min(s.line) FROM intake_stagedrow s
                WHERE s.job_id = %(job)s AND s.person = b.person) AS line, b.lead_id, b.attributes
        FROM intake_batch b WHERE {which} ORDER BY 1 LIMIT %(most)s
    )
    SELECT p.line, COALESCE(NULLIF(btrim(l.first_name || ' ' || l.last_name), ''),
        NULLIF(l.email, ''), NULLIF(l.phone, ''), l.external_id), {before}, {after}
    FROM picked p JOIN leads_lead l ON l.id = p.lead_id
    CROSS JOIN LATERAL (
        SELECT intake_fold(c.before) AS before, intake_fold(c.after) AS after
        FROM intake_importchange c WHERE c.job_id = %(job)s
            AND c.subject IN ('lead', 'attributes') AND c.subject_id = l.id
    ) c ORDER BY p.line
"""
_ROWS = {
    "created": _PICKED.format(which="b.is_new", before="NULL", after="c.after || p.attributes"),
    "updated": _PICKED.format(
        which="b.changed AND NOT b.is_new", before="c.before", after="c.after"
    ),
    "unchanged": _PICKED.format(
        which="NOT b.changed AND NOT b.is_new", before="NULL", after="NULL"
    ),
}
