"""The value of a field, now or as of a moment, as an SQL expression.

As of T a value is `old` of the first FieldChange after T, else the current one. Few rows have
changed since; PostgreSQL tells them by one hashed look, and the others are read as they are now.
"""

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from leads.models import Activity, Company, FieldChange


def where_field(field, holds, as_of=None) -> Q:
    """A Q over Lead. `holds(expression, nullable)` makes the Q of the field's value; it must be
    false of an empty one, also when a lead has no company."""
    if field.rows:
        newest = field.rows.newest(OuterRef("pk"), as_of)
        return holds(Subquery(newest), True)
    if as_of is None or field.key == "lead.created_at":  # which never changes
        return holds(_current(field), _nullable(field))
    if field.subject != "company":
        return _where_known(field, holds, as_of, OuterRef("pk"), _current(field))
    # The company that the lead then had, as it then was.
    moves = _changes_after(as_of, "lead", "company_id", OuterRef("pk"))
    stayed = _where_known(field, holds, as_of, OuterRef("company_id"), _current(field))
    left = _changes_after(as_of, "lead", "company_id", OuterRef(OuterRef("pk")))
    left = Cast(_first_old(left, "company"), BigIntegerField())
    then = _where_known(field, holds, as_of, OuterRef("pk"), F(field.column))
    companies = Company.objects.filter(then, pk=left)
    # Of a company that is deleted since, the changes alone tell.
    changes = _changes_after(as_of, "company", field.column, left)
    lost = ~Q(Exists(Company.objects.filter(pk=left))) & holds(
        _first_old(changes, field.kind), True
    )
    return Q(~Exists(moves), stayed) | (Q(Exists(moves)) & (Q(Exists(companies)) | lost))


def property_value(name, kind):
    """A property of an activity; `kind` is that of the value it is compared with."""
    if name == "subject" and kind == "text":
        return F("subject")
    return _typed(_Key(F("properties"), Value(name)), "scalar" if kind == "text" else kind)


def is_human(as_of=None) -> Q:
    """A Q over Activity."""
    human = Activity.ActorClass.HUMAN
    if as_of is None:
        return Q(actor_class=human)
    changes = _changes_after(as_of, "activity", "actor_class", OuterRef("pk"))
    then = Holds(_first_old(changes, "text"), Value(human.value), arg_joiner=" = ")
    return Q(~Exists(changes), actor_class=human) | Q(Exists(changes), then)


class Holds(Func):
    """A comparison. Over what may be NULL it is false then, so that it is never NULL itself."""

    output_field = BooleanField()
    template = "(%(expressions)s)"

    def __init__(self, *expressions, nullable=True, **extra):
        if nullable:
            extra["template"] = "COALESCE(%(expressions)s, FALSE)"
        super().__init__(*expressions, **extra)


class _Key(Func):
    """json -> 'key'; Django's own key lookup takes "2024" for the index of a list."""

    arg_joiner = " -> "
    template = "(%(expressions)s::text)"
    output_field = JSONField()


# How a JSON value is read as its kind: NULL when it is of another. No cast can fail so.
_OF_TYPE = "jsonb_path_query_first(%(expressions)s, 'strict $ ? (@.type() == \"{}\")')"
_SCALAR = 'strict $ ? (@.type() == "string" || @.type() == "number" || @.type() == "boolean")'
_ISO = 'strict $ ? (@ like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")'
_READ = {
    "text": f"({_OF_TYPE.format('string')} #>> '{{}}')",
    "scalar": f"(jsonb_path_query_first(%(expressions)s, '{_SCALAR}') #>> '{{}}')",
    "number": f"{_OF_TYPE.format('number')}::numeric",
    "boolean": f"{_OF_TYPE.format('boolean')}::boolean",
    # ISO dates sort as text, and there is no text that is not a date to fail on.
    "date": f"((jsonb_path_query_first(%(expressions)s, '{_ISO}') #>> '{{}}') COLLATE \"C\")",
}
# The same of custom attributes, whose types the database holds (models/typed.py): far faster.
_TEXT = "%(expressions)s::text"
_HELD = {
    "text": f"({_TEXT})",
    "number": f"({_TEXT})::numeric",
    "boolean": f"({_TEXT})::boolean",
    "date": f'(({_TEXT}) COLLATE "C")',
}
_DAY = "(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD') COLLATE \"C\")"
_READ["choice"] = _READ["text"]
_READ["campaign"] = _READ["company"] = _READ["number"]


def _typed(json, kind):
    return Func(json, template=_READ[kind])


def _current(field):
    if field.subject == "company":
        return F(f"company__{field.column}")
    if field.subject == "attr":
        return Func(
            *(F("attributes__values"), Value(field.column)),
            template=_HELD[field.kind],
            arg_joiner=" ->> ",
            output_field=JSONField(),
        )
    if field.key == "lead.created_at":
        return Func(F("created_at"), template=_DAY)
    return F(field.column)


def _nullable(field):
    return field.subject != "lead" or field.kind in ("campaign", "company")


def _where_known(field, holds, as_of, row, current) -> Q:
    """What holds of the field of `row` (an outer reference to its id) at T."""
    changes = _changes_after(as_of, field.subject, field.column, row)
    unchanged = Q(~Exists(changes)) & holds(current, _nullable(field))
    return unchanged | (Q(Exists(changes)) & holds(_first_old(changes, field.kind), True))


def _first_old(changes, kind):
    return _typed(Subquery(changes.values("old")[:1]), kind)


def _changes_after(as_of, subject, name, row):
    changes = FieldChange.objects.filter(subject=subject, subject_id=row, field=name)
    return changes.filter(recorded_at__gt=as_of).order_by("recorded_at", "id")
