"""The words why something of an import stays when it is rolled back."""

from intake.changelog import ROWS
from intake.inserting import execute
from intake.models import ImportChange
from leads.models import Attribute, FieldChange, Lead

Subject = ImportChange.Subject


def tell(subject, recorded_as):
    """Words for the changes of a subject of which `stays` names something. `recorded_as`: how the
    table of what was known when calls it."""
    rows = execute(_STAYING, [recorded_as, subject])
    if not rows:
        return
    labels = _labels(subject)
    words = [(pk, _changed([labels.get(n, n) for n in names], by)) for pk, names, by in rows]
    write(words)


def shown(job, most):
    """[(the lead or None, how it is called, why it stays)] of a job that was rolled back."""
    left = list(ImportChange.objects.filter(job=job).exclude(kept="").order_by("-pk")[:most])
    of_leads = (Subject.LEAD, Subject.ATTRIBUTES)
    leads = Lead.objects.in_bulk([one.subject_id for one in left if one.subject in of_leads])
    found = []
    for one in left:
        lead = leads.get(one.subject_id) if one.subject in of_leads else None
        said = {**(one.before or {}), **one.after}
        name = said.get("name") or said.get("domain") or said.get("code") or said.get("value", "")
        what = f"{one.get_subject_display()} {name}".strip()
        found.append((lead, str(lead) if lead else what, one.kept))
    return found


def write(words):
    """[(id of a change, why it stays)]"""
    ids, why = [pk for pk, _ in words], [one for _, one in words]
    execute(
        "UPDATE intake_undo u SET kept = w.why"
        " FROM unnest(%s::bigint[], %s::text[]) w(id, why) WHERE u.id = w.id",
        [ids, why],
    )


def _changed(labels, by):
    names = ", ".join(labels[:5]) + (" …" if len(labels) > 5 else "")
    return f"Changed since{f' ({by})' if by else ''}: {names}."


def _labels(subject):
    if subject == FieldChange.Subject.ATTRIBUTE or subject not in ROWS:
        return dict(Attribute.objects.values_list("code", "label"))
    model, _columns = ROWS[subject]
    fields = model._meta.concrete_fields
    return {one.column: str(one.verbose_name).capitalize() for one in fields}


# Who changed it last, as it stands beside the change: "import 8", "page, ada@…".
_STAYING = """
    SELECT u.id, u.stays, COALESCE((
        SELECT f.source FROM leads_fieldchange f
        WHERE f.subject = %s AND f.subject_id = u.subject_id AND f.field = ANY(u.stays)
        ORDER BY f.recorded_at DESC, f.id DESC LIMIT 1
    ), '') FROM intake_undo u WHERE u.subject = %s AND u.kept = '' AND cardinality(u.stays) > 0
"""
