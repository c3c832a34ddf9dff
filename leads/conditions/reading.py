"""The value of a field, now or as of a moment, as an SQL expression.

As of T a value is `old` of the first FieldChange after T, else the current one.
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
from django.db.models.functions import Cast, Coalesce

from leads.models import Activity, Company, FieldChange


def where_field(field, holds, as_of=None) -> Q:
    """A Q over Lead. `holds(expression, nullable)` makes the Q of the field's value; it must be
    false of an empty one, also when a lead has no company."""
    if as_of is None:
        nullable = field.subject != "lead" or field.kind in ("campaign", "company")
        return holds(_current(field), nullable)
    value = _typed(_recorded(field.subject, field.column, as_of), field.kind)
    if field.subject != "company":
        return holds(value, True)
    # As the company then was, and as it was the lead's then.
    company = _typed(_recorded("lead", "company_id", as_of, outside=True), "company")
    company = Cast(company, BigIntegerField())
    return Q(Exists(Company.objects.filter(holds(value, True), pk=company)))


def property_value(name, kind):
    """A property of an activity; `kind` is that of the value it is compared with."""
    if name == "subject" and kind == "text":
        return F("subject")
    return _typed(_Key(F("properties"), Value(name)), "scalar" if kind == "text" else kind)


def is_human(as_of=None) -> Q:
    """A Q over Activity. The many that were never reclassified are settled by one hashed look."""
    human = Activity.ActorClass.HUMAN
    if as_of is None:
        return Q(actor_class=human)
    changes = _changes_after(as_of, "activity", "actor_class", OuterRef("pk"))
    then = Func(Subquery(changes.values("old")[:1]), template="(%(expressions)s #>> '{}')")
    unchanged = Q(~Exists(changes), actor_class=human)
    return unchanged | Q(Holds(then, Value(human.value), arg_joiner=" = "))


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


class _ToJson(Func):
    function = "to_jsonb"
    output_field = JSONField()


# How a JSON value is read as its kind: NULL when it is of another. No cast can fail so.
_OF_TYPE = "jsonb_path_query_first(%(expressions)s, 'strict $ ? (@.type() == \"{}\")')"
_SCALAR = 'strict $ ? (@.type() == "string" || @.type() == "number" || @.type() == "boolean")'
_ISO = 'strict $ ? (@ like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")'
_READ = {
    "text": f"NULLIF({_OF_TYPE.format('string')} #>> '{{}}', '')",
    "scalar": f"NULLIF(jsonb_path_query_first(%(expressions)s, '{_SCALAR}') #>> '{{}}', '')",
    "number": f"{_OF_TYPE.format('number')}::numeric",
    "boolean": f"{_OF_TYPE.format('boolean')}::boolean",
    # ISO dates sort as text, and there is no text that is not a date to fail on.
    "date": f"((jsonb_path_query_first(%(expressions)s, '{_ISO}') #>> '{{}}') COLLATE \"C\")",
}
_READ["choice"] = _READ["text"]
_READ["campaign"] = _READ["company"] = _READ["number"]


def _typed(json, kind):
    return Func(json, template=_READ[kind])


def _current(field):
    if field.subject == "company":
        return F(f"company__{field.column}")
    if field.subject == "attr":
        return _typed(_Key(F("attributes__values"), Value(field.column)), field.kind)
    return F(field.column)


def _recorded(subject, name, as_of, outside=False):
    """The JSON value at T of this row's column or this lead's attribute; `outside`: the row is
    that of the query around this one."""
    row = OuterRef(OuterRef("pk")) if outside else OuterRef("pk")
    was = Func("old", template="COALESCE(%(expressions)s, 'null')", output_field=JSONField())
    changes = _changes_after(as_of, subject, name, row)
    if subject == "attr":
        now = _Key(F("attributes__values"), Value(name))
    else:
        now = _ToJson(OuterRef(name) if outside else F(name))
    return Coalesce(Subquery(changes.values(was=was)[:1]), now)


def _changes_after(as_of, subject, name, row):
    changes = FieldChange.objects.filter(subject=subject, subject_id=row, field=name)
    return changes.filter(recorded_at__gt=as_of).order_by("recorded_at", "id")
