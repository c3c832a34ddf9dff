"""Colour and icon of an import's state; the word beside them is its label."""

from django import template

from intake import trying

register = template.Library()
LOOKS = {
    "uploaded": ("yellow", "columns-3"),
    "mapped": ("secondary", "hourglass"),
    "running": ("blue", "refresh"),
    "done": ("green", "check"),
    "failed": ("red", "alert-octagon"),
    "cancelled": ("secondary", "circle-x"),
    "trying": ("blue", "eye-check"),
    "undoing": ("orange", "refresh"),
    "undone": ("secondary", "arrow-back-up"),
}


@register.filter
def import_tone(state):
    return LOOKS[state][0]


@register.filter
def import_icon(state):
    return LOOKS[state][1]


@register.filter
def is_outdated(job):
    """The mapping says something else since the dry run."""
    return job.trial["mapping"] != trying.fingerprint(job.mapping)
