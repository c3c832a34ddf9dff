"""The one condition language: a statement about a lead which is true or false at a moment.

One schema (JSON, validated on save) and its compilers, side by side: to SQL, to words, to a form.
"""

from leads.conditions.field import ConditionField
from leads.conditions.fields import fields, leaves_no_change
from leads.conditions.schema import validate
from leads.conditions.sql import countable_q, of_kind_q, to_q
from leads.conditions.words import words

__all__ = [
    "ConditionField",
    "countable_q",
    "fields",
    "leaves_no_change",
    "of_kind_q",
    "to_q",
    "validate",
    "words",
]
