"""How values look: icons, relative times, urgency, stages, form controls. Presentation only."""

from datetime import time, timedelta
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from leads.lifecycle import Stage
from leads.telling import kind_icon

register = template.Library()
register.filter(kind_icon)

# Colour and icon of each stage; the word beside them comes from the stage's label.
STAGES = {
    "unqualified": ("secondary", "circle-dashed"),
    "mql": ("azure", "filter-check"),
    "handed_off": ("purple", "send"),
    "sal": ("blue", "user-check"),
    "sql": ("blue", "target-arrow"),
    "customer": ("green", "trophy"),
    "nurture": ("cyan", "plant-2"),
    "disqualified": ("secondary", "circle-x"),
    "lost": ("secondary", "circle-minus"),
}
# From which used share of the time on, in percent: colour and icon.
URGENCY = [
    (100, "red", "alert-octagon"),
    (80, "orange", "alert-triangle"),
    (50, "yellow", "hourglass"),
    (0, "secondary", "clock"),
]
NEAR = {-1: gettext_lazy("yesterday"), 0: gettext_lazy("today"), 1: gettext_lazy("tomorrow")}
SHORT = mark_safe(" data-short")
MESSAGE_ICONS = {"success": "check", "warning": "alert-triangle", "error": "alert-octagon"}
CONTROL_CLASSES = {
    "select": "form-select form-select-sm",
    "selectmultiple": "form-select form-select-sm",
    "checkbox": "form-check-input",
    "radio": "",
    "checkboxselectmultiple": "",
}


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name, classes=""):
    """A decorative icon of the sprite; give it a word beside it or an aria-label above it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        classes,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def constant(template_name):
    """A template that needs nothing but the reader's language."""
    return _once(get_language(), template_name)


@register.simple_tag
def grade(code):
    """components/_grade.html for a row of a list."""
    return _once(get_language(), "components/_grade.html", grade=code)


@register.simple_tag
def stage(code):
    """components/_stage.html for a row of a list."""
    return _once(get_language(), "components/_stage.html", stage=code, label=Stage(code).label)


@lru_cache(maxsize=1024)
def _once(_language, template_name, **values):
    """Every page has the same words beneath, a list the same few badges hundreds of times."""
    return render_to_string(template_name, values)


@register.filter
def stage_tone(stage):
    return STAGES.get(stage, STAGES["unqualified"])[0]


@register.filter
def stage_icon(stage):
    return STAGES.get(stage, STAGES["unqualified"])[1]


@register.simple_tag
def clock(due_at=None, since=None, now=None, left=None, total=None):
    """Urgency of a deadline as {left, total, over, tone, icon}, the first two as timedeltas.

    `left` and `total` are business time where the caller knows it; else they are counted on
    the wall clock from `since` to `due_at`.
    """
    if left in (None, ""):  # templates pass "" for what they do not know
        left = due_at - (now or timezone.now())
    if not total and since:
        total = due_at - since
    used = 100 if left < timedelta(0) else 100 * (1 - left / total) if total else 0
    # Below zero where a clock begins in a moment, or another machine's is ahead.
    tone, symbol = next((tone, name) for floor, tone, name in URGENCY if max(used, 0) >= floor)
    return {"left": left, "total": total or None, "over": used >= 100, "tone": tone, "icon": symbol}


@register.simple_tag
def countdown(due_at=None, since=None, now=None, left=None, total=None, short=False, running=None):
    """A `clock` as a badge that live.js keeps current; `short`: without the total.

    `running`: the spans in which its time runs, as seconds from now; None: it always does.
    """
    c = clock(due_at, since, now, left, total)
    return format_html(
        '<span class="badge bg-{}-lt" data-left="{}" data-total="{}"{}{}{}>{}<span>{}</span>'
        "</span>",
        c["tone"],
        seconds(c["left"]),
        seconds(c["total"]),
        SHORT if short else "",
        "" if running is None else format_html(' data-runs="{}"', _spans(running)),
        format_html(' title="{}"', _exactly(timezone.localtime(due_at))) if due_at else "",
        icon(c["icon"]),
        _time_left(c, short),
    )


def _spans(running):
    return " ".join(f"{begin}-{end}" for begin, end in running)


def _time_left(c, short):
    words = {"left": duration(c["left"]), "total": duration(c["total"])}
    if c["over"]:
        return _("%(left)s over") % words
    if short or not c["total"]:
        return _("%(left)s left") % words
    return _("%(left)s left of %(total)s") % words


@register.filter
def duration(value):
    """A timedelta in at most two units, without its sign: 40 min, 4 h 20, 24 h, 3 d 2 h."""
    if value is None:
        return ""
    minutes = round(abs(value).total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if hours < 48:
        pattern = _("%(hours)d h %(minutes)02d") if minutes else _("%(hours)d h")
        return pattern % {"hours": hours, "minutes": minutes}
    days, hours = divmod(hours, 24)
    pattern = _("%(days)d d %(hours)d h") if hours else _("%(days)d d")
    return pattern % {"days": days, "hours": hours}


@register.filter
def seconds(value):
    return "" if value is None else round(value.total_seconds())


@register.filter
def minutes_left(due_at):
    """Whole minutes until `due_at` on the wall clock; negative when it is over."""
    return "" if due_at is None else int((due_at - timezone.now()).total_seconds() // 60)


@register.filter
def ago(at):
    """A moment as people say it: 12 min ago, in 2 h, today 08:52, yesterday 16:20, 18 May 09:15."""
    if not at:
        return ""
    now = timezone.localtime()
    at = timezone.localtime(at)
    distance = abs(now - at)
    if distance < timedelta(minutes=1):
        return _("just now")
    if distance < timedelta(hours=1):
        minutes = round(distance.total_seconds() / 60)
        if at < now:
            return ngettext("%d min ago", "%d min ago", minutes) % minutes
        return ngettext("in %d min", "in %d min", minutes) % minutes
    clock_time = f"{at:%H:%M}"
    if near := NEAR.get((at.date() - now.date()).days):
        return f"{near} {clock_time}"
    if at.year == now.year:
        return f"{_day(at.date(), 'j M', get_language())} {clock_time}"
    return _day(at.date(), "j M Y", get_language())


@lru_cache(maxsize=2048)
def _day(date, pattern, _language):
    return formats.date_format(date, pattern)


@register.simple_tag
def when(at):
    """<time> with a moment as people say it, exactly on hover; a dash for none. In one go, because
    a list has hundreds."""
    if not at:
        return format_html('<span class="text-secondary">–</span>')
    at = timezone.localtime(at)
    return format_html(
        '<time class="text-nowrap" datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        _exactly(at),
        ago(at),
    )


def _exactly(at):
    """Day and minute each from memory: a list has hundreds, of the same few days."""
    language = get_language()
    day, minute = _day(at.date(), "DATE_FORMAT", language), _minute(at.hour, at.minute, language)
    return f"{day}, {minute} {at.tzname()}"


@lru_cache(maxsize=2048)
def _minute(hour, minute, _language):
    return formats.time_format(time(hour, minute))


@register.filter
def hundredths(value):
    """Two decimals in the reader's number format; a dash for nothing."""
    if value is None:
        return "–"
    return formats.number_format(value, 2, force_grouping=True).replace("-", "−")


@register.filter
def message_icon(message):
    return MESSAGE_ICONS.get(message.level_tag, "info-circle")


@register.filter
def undo_url(message):
    """Where the Undo button of a message posts to: extra_tags="undo:/leads/5/undo/"."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix("undo:") for tag in tags if tag.startswith("undo:")), "")


@register.simple_tag
def control(field):
    """The form control of a bound field in the page's style; Django adds the aria attributes."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", None) or type(widget).__name__.lower()
    classes = [CONTROL_CLASSES.get(kind, "form-control form-control-sm")]
    classes += ["is-invalid"] if field.errors else []
    classes += [widget.attrs.get("class", "")]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})
