"""Compile a condition to SQL: a Q over Lead, set-based, true or false and never NULL.

It composes with any queryset of leads, in filter(), exclude(), When() and aggregates.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import In

from leads.conditions.comparing import comparison
from leads.conditions.fields import find
from leads.conditions.reading import is_human, property_value, where_field
from leads.conditions.vocabulary import ANY_ACTIVITY, property_kind, verb
from leads.models import Activity, LeadEvent, Touch
from leads.past import moves_since


def to_q(condition, *, as_of=None, now=None, attributes=None) -> Q:
    """The leads of which a valid condition is true.

    now: the moment from which "in the last N days" counts back.
    as_of: judge by what was recorded by then; it is `now`, too.
    attributes: Attribute rows, when the caller has them already.
    """
    moment = as_of or now
    if moment is None:
        raise TypeError("to_q() needs `now` or `as_of`.")
    return _compile(condition, _Context(moment, as_of, attributes))


def of_kind_q(node, *, now) -> Q:
    """The activities (a Q over Activity) that a {"did": …} node is about, whether they count or
    not: a query asks countable_q() once for many."""
    return _of_kind(node, _Context(now, None))


def countable_q(as_of=None) -> Q:
    """The activities that count: of people, and recorded by then."""
    return is_human(as_of) & (Q(recorded_at__lte=as_of) if as_of else Q())


@dataclass(frozen=True)
class _Context:
    now: datetime
    as_of: datetime | None
    attributes: list | None = None

    def days_ago(self, days):
        return self.now - timedelta(days=days)

    def recorded(self):
        return Q(recorded_at__lte=self.as_of) if self.as_of else Q()

    def moved(self):
        """Moves before then; those at the very moment follow from what is judged as of it."""
        if self.as_of is None:
            return Q()
        return Q(happened_at__lt=self.as_of) | Q(happened_at=self.as_of, source="")


def _compile(node, context) -> Q:
    return _COMPILERS[verb(node)](node, context)


def _all(node, context):
    return Q(*[_compile(child, context) for child in node["all"]])


def _any(node, context):
    return Q(*[_compile(child, context) for child in node["any"]], _connector=Q.OR)


def _none(node, context):
    return ~Q(*[_compile(child, context) for child in node["none"]], _connector=Q.OR)


def _field(node, context):
    field = find(node["field"], context.attributes)
    if field is None:
        raise LookupError(f"A condition reads “{node['field']}”, which does not exist.")
    denied, holds = comparison(node["op"], node.get("value"), field.kind, context.now)
    q = where_field(field, holds, context.as_of)
    return ~q if denied else q


def _did(node, context):
    times = node.get("times", 1)
    return Q(Exists(_activities(node, context)[times - 1 : times]))


def _did_not(node, context):
    return ~Q(Exists(_activities(node, context)))


def _first(node, context):
    before = Q(happened_at__lt=context.days_ago(node["more_than_days_ago"]))
    return Q(Exists(_activities(node, context).filter(before)))


def _last(node, context):
    since = Q(happened_at__gte=context.days_ago(node["more_than_days_ago"]))
    activities = _activities(node, context)
    return Q(Exists(activities), ~Exists(activities.filter(since)))


def _returned(node, context):
    days = node["returned"]["on_days"]
    node = {"did": ANY_ACTIVITY, "days": node["returned"]["within_days"]}
    dates = _activities(node, context).values(day=TruncDate("happened_at", tzinfo=UTC))
    return Q(Exists(dates.distinct()[days - 1 : days]))


def _stage(node, context):
    stages = node["in"]
    if node["stage"] == "is_in":
        return _is_in(stages, context)
    events = LeadEvent.objects.filter(context.moved())
    undone = Exists(events.filter(undoes=OuterRef("pk")))
    moves = events.filter(~undone, lead=OuterRef("pk")).exclude(name="undo")
    if node["stage"] == "was_in":
        moved = moves.filter(Q(target__in=stages) | Q(source__in=stages))
        return Q(Exists(moved)) | _is_in(stages, context)
    entered = moves.filter(target__in=stages, happened_at__gte=context.days_ago(node["days"]))
    return Q(Exists(entered.exclude(source=F("target"))))


def _touch(node, context):
    touches = Touch.objects.filter(context.recorded(), lead=OuterRef("pk"))
    for name, value in node["touch"].items():
        if name == "campaign":
            touches = touches.filter(campaign=value)
        else:
            _, holds = comparison(node.get("op", "is"), value, "text", context.now)
            touches = touches.filter(holds(F(name), False))
    return Q(Exists(touches))


def _activities(node, context):
    counted = countable_q(context.as_of) & _of_kind(node, context)
    return Activity.objects.filter(counted, lead=OuterRef("pk"))


def _of_kind(node, context) -> Q:
    kind = node[verb(node)]
    q = ~Q(kind=Activity.Kind.NOTE) if kind == ANY_ACTIVITY else Q(kind=kind)
    if "days" in node:
        q &= Q(happened_at__gte=context.days_ago(node["days"]))
    for clause in node.get("where", []):
        q &= _property(clause, context)
    return q


def _property(clause, context) -> Q:
    op, value = clause["op"], clause.get("value")
    kind = property_kind(op, value)
    denied, holds = comparison(op, value, kind, context.now)
    q = holds(property_value(clause["property"], kind), True)
    return ~q if denied else q


def _is_in(stages, context) -> Q:
    if context.as_of is None:
        return Q(stage__in=stages)
    moves = moves_since(context.as_of).values("source")
    return Q(In(Coalesce(Subquery(moves[:1]), "stage", output_field=CharField()), stages))


_COMPILERS = {
    "all": _all,
    "any": _any,
    "none": _none,
    "field": _field,
    "did": _did,
    "did_not": _did_not,
    "returned": _returned,
    "last": _last,
    "first": _first,
    "stage": _stage,
    "touch": _touch,
}
