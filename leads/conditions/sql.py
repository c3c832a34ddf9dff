"""Compile a condition to SQL: a Q over Lead, set-based, true or false and never NULL."""

from django.db.models import Q


def to_q(condition, *, as_of=None, now=None, attributes=None):
    return Q()


def activity_q(node, *, as_of=None, now=None):
    return Q()
