"""What people see of values, and that every icon which a template names is in the sprite."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.template import Context, Template

from leadops import assets
from leadops.templatetags import look
from leads.telling import KIND_ICONS

NOW = datetime(2026, 5, 21, 10, 24, tzinfo=UTC)


def test_every_icon_of_a_template_is_in_the_sprite():
    pages = (assets.ROOT / "templates").rglob("*.html")
    used = {name for page in pages for name in re.findall(r'{% icon "([\w-]+)"', page.read_text())}
    used |= {icon for _tone, icon in look.STAGES.values()} | set(KIND_ICONS.values())
    used |= {icon for _share, _tone, icon in look.URGENCY} | set(look.MESSAGE_ICONS.values())
    assert used <= set(assets.icon_names())


@pytest.mark.parametrize(
    ("minutes_left", "icon", "over"),
    [
        (31, "clock", False),
        (30, "hourglass", False),
        (12, "alert-triangle", False),
        (0, "alert-octagon", True),
        (-40, "alert-octagon", True),
    ],
)
def test_urgency_follows_the_used_share_of_the_time(minutes_left, icon, over):
    due_at = NOW + timedelta(minutes=minutes_left)
    urgency = look.clock(due_at, due_at - timedelta(hours=1), NOW)
    assert (urgency["icon"], urgency["over"]) == (icon, over)


def test_a_clock_that_begins_in_a_moment_is_not_urgent():
    urgency = look.clock(NOW + timedelta(hours=2), NOW + timedelta(minutes=5), NOW)
    assert urgency["icon"] == "clock"


def test_business_time_goes_before_the_wall_clock():
    urgency = look.clock(NOW, NOW, NOW, left=timedelta(hours=20), total=timedelta(hours=24))
    assert urgency["icon"] == "clock"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(minutes=-40), "40 min"),
        (timedelta(hours=4, minutes=5), "4 h 05"),
        (timedelta(hours=24), "24 h"),
        (timedelta(days=3, hours=2), "3 d 2 h"),
        (None, ""),
    ],
)
def test_duration(value, words):
    assert look.duration(value) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW - timedelta(seconds=9), "just now"),
        (NOW - timedelta(minutes=12), "12 min ago"),
        (NOW + timedelta(minutes=12), "in 12 min"),
        (NOW - timedelta(minutes=92), "today 08:52"),
        (NOW - timedelta(hours=18), "yesterday 16:24"),
        (NOW - timedelta(days=3), "18 May 10:24"),
        (NOW - timedelta(days=170), "2 Dec 2025"),
        (None, ""),
    ],
)
def test_ago(at, words):
    with time_machine.travel(NOW, tick=False):
        assert look.ago(at) == words


@pytest.mark.parametrize(
    ("at", "exactly"),
    [
        (NOW, "May 21, 2026, 10:24 a.m."),
        (datetime(2025, 12, 2, 12, 0, tzinfo=UTC), "Dec. 2, 2025, noon"),
        (datetime(2025, 12, 2, 22, 5, tzinfo=UTC), "Dec. 2, 2025, 10:05 p.m."),
    ],
)
def test_the_exact_time_stands_behind_the_words(at, exactly):
    assert f'title="{exactly} UTC"' in look.when(at)


def test_hundredths():
    assert look.hundredths(Decimal("69.2")) == "69.20"
    assert look.hundredths(None) == "–"


def test_a_field_says_what_is_wrong_where_it_is_wrong():
    class Contact(forms.Form):
        phone = forms.CharField(help_text="With country code.")

    source = '{% include "components/_field.html" with field=form.phone %}'
    html = Template(source).render(Context({"form": Contact({"phone": ""})}))
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)[1].split()
    assert described
    assert all(f'id="{name}"' in html for name in described)


def test_a_select_has_the_options_that_django_gives_it():
    choices = [("", "Any <one>"), ("Fit", [("A", "A & more"), ("B", "B")]), (1, "One")]
    select = forms.Select({"class": "form-select", "required": True, "hidden": False}, choices)
    html = [
        re.sub(r">\s+<", "><", select.render("grade", "B", {"id": "grade"}, renderer).strip())
        for renderer in (get_default_renderer(), DjangoTemplates())
    ]
    assert html[0] == html[1]
