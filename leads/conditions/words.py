"""Compile a condition to words."""


def words(condition, attributes=None):
    return ""
