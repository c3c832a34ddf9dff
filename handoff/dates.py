"""Dates that people give: ahead, and not so far that no calendar shows them in every time zone."""

from datetime import timedelta

from leads.refusals import Missing

FARTHEST = timedelta(days=20 * 366)


def check(at, now, *, field, question=""):
    """Raise Missing, with the question it answers, for a date in the past or too far away."""
    if at is None:
        words = question
    elif at <= now:
        words = f"{question} The date must be in the future.".strip()
    elif at > now + FARTHEST:
        words = f"{question} The date is too far away.".strip()
    else:
        return
    raise Missing(words, field=field)
