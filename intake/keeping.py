"""The words why something of an import stays when it is rolled back."""

from intake.changelog import ROWS
from intake.inserting import execute
from leads.models import Attribute, FieldChange


def tell(subject, recorded_as):
    """Words for the changes of a subject of which `stays` names something. `recorded_as`: how the
    table of what was known when calls it."""
    rows = execute(_STAYING, [recorded_as, subject])
    if not rows:
        return
    labels = _labels(subject)
    words = [(pk, _changed([labels.get(n, n) for n in names], by)) for pk, names, by in rows]
    write(words)


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
