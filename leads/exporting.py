"""Leads as rows of a table, a column for each asked-for fact."""

from django.db.models import F

from leads.conditions.fields import find
from leads.models import Attribute, Lead
from leads.refusals import Missing

# What an export may name without "lead.": facts of the lead, and where it stands.
PLAIN = {
    "id": "pk",
    **{
        name: name
        for name in (
            "email", "external_id", "first_name", "last_name", "phone", "job_title", "city",
            "country", "interest", "source", "consent_basis", "do_not_contact", "created_at",
            "stage", "score", "fit", "engagement", "grade", "scored_at", "scored_by",
        )
    },
    "company": "company__name",
    "campaign": "campaign__name",
    "owner": "owner__email",
}  # fmt: skip


def rows(columns, leads=None):
    """Yield the heading, then a row for each lead, read as it is written: the size is no matter.

    A column is one of PLAIN, or the key of a field: "company.industry", "attr.seats". Raises
    Missing, before anything is read, for one that is neither. `leads`: all, each person once.
    """
    attributes = list(Attribute.objects.all())
    paths = [_path(column, attributes) for column in columns]
    return _rows(columns, paths, Lead.objects.unmerged() if leads is None else leads)


def _rows(columns, paths, leads):
    yield columns
    plain = {path for path, code in paths if not code}
    values = leads.order_by("pk").annotate(own=F("attributes__values")).values("own", *plain)
    for found in values.iterator(chunk_size=2_000):
        own = found["own"] or {}
        yield [own.get(code) if code else found[path] for path, code in paths]


def _path(column, attributes):
    """(path, "") of a column of the database, ("", code) of an attribute."""
    if column in PLAIN:
        return PLAIN[column], ""
    field = find(column, attributes)
    if field is None or field.rows:
        raise Missing(f"“{column}” is no column: {', '.join(PLAIN)}, or a field such as attr.…")
    if field.subject == "attr":
        return "", field.column
    return (f"company__{field.column}" if field.subject == "company" else field.column), ""
