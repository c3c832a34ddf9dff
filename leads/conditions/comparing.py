"""The operators in SQL: each true or false of an expression, and never NULL."""

from datetime import UTC, timedelta
from decimal import Decimal

from django.db.models import Func, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import IsNull

from leads.conditions.reading import Holds

# Negations are made of what they deny, so that an empty value is "not" everything.
NEGATIONS = {"is_not": "is", "not_in": "in", "empty": "not_empty"}
_SIGNS = {"is": "=", "lt": "<", "lte": "<=", "gte": ">=", "gt": ">", "before": "<", "after": ">"}


def comparison(op, value, kind, now):
    """(denied, holds): the statement is true when `holds(expression, nullable)` is not `denied`."""
    denied = op in NEGATIONS
    op = NEGATIONS.get(op, op)
    if op == "within_days":
        today = now.astimezone(UTC).date()
        op, value = "between", [str(today - timedelta(days=value)), str(today)]

    def holds(expression, nullable) -> Q:
        return Q(_compare(expression, op, value, kind, nullable))

    return denied, holds


def _compare(left, op, value, kind, nullable):
    textual = kind in ("text", "choice")
    if op == "not_empty":
        if textual:
            return Holds(left, Value(""), arg_joiner=" <> ", nullable=nullable)
        return IsNull(left, False)
    if textual:
        left = Lower(left)
    if op == "contains":
        found = Func(left, _operand(value, kind), function="STRPOS")
        return Holds(found, Value(0), arg_joiner=" > ", nullable=nullable)
    if op == "starts_with":
        return Holds(Func(left, _operand(value, kind), function="STARTS_WITH"), nullable=nullable)
    if op == "in":
        values = [_operand(item, kind) for item in value]
        right = Func(*values, template="ANY(ARRAY[%(expressions)s])")
        return Holds(left, right, arg_joiner=" = ", nullable=nullable)
    if op == "between":
        ends = Func(*[_operand(item, kind) for item in value], template="%(expressions)s",
                    arg_joiner=" AND ")  # fmt: skip
        return Holds(left, ends, arg_joiner=" BETWEEN ", nullable=nullable)
    return Holds(left, _operand(value, kind), arg_joiner=f" {_SIGNS[op]} ", nullable=nullable)


def _operand(value, kind):
    if kind in ("text", "choice"):
        return Lower(Value(value))
    return Value(Decimal(str(value)) if kind == "number" else value)
