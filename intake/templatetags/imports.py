"""Colour and icon of an import's state; the word beside them is its label."""

from django import template

register = template.Library()
LOOKS = {
    "uploaded": ("yellow", "columns-3"),
    "mapped": ("secondary", "hourglass"),
    "running": ("blue", "refresh"),
    "done": ("green", "check"),
    "failed": ("red", "alert-octagon"),
    "cancelled": ("secondary", "circle-x"),
}


@register.filter
def import_tone(state):
    return LOOKS[state][0]


@register.filter
def import_icon(state):
    return LOOKS[state][1]
