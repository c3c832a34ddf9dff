"""Everything that a version of the agreement says, line by line, in words.

The readable page, the difference of two versions and the guard of a signature read the same lines,
so none of them can leave out what another shows. What a scoring model says is scoring's to tell.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from handoff.models import MatrixCell
from handoff.promises import measure_words, value_words
from leads import conditions
from leads.models import Attribute

OFFERED_AT = {
    "reject": _lazy("Reject"),
    "recycle": _lazy("Nurture"),
    "disqualify": _lazy("Disqualify"),
    "lose": _lazy("Lose"),
    "demote": _lazy("Demote"),
    "reopen": _lazy("Reopen"),
    "churn": _lazy("Churn"),
}
_PARTS = [
    "calendar", "matrix", "paths", "vetoes", "required", "commitments", "questions",
    "reasons__details",
]  # fmt: skip
BANT = ["budget", "authority", "need", "timeline"]


@dataclass(frozen=True)
class Line:
    """`key` is the same in all versions; `what` and `words` are for people."""

    key: str
    what: str
    words: str


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    lines: list[Line]


def told(*agreements):
    """The Sections of each version, without the rules of its scoring model. At most eleven queries
    for all of them; the versions keep their parts."""
    prefetch_related_objects(agreements, *_PARTS)
    attributes = list(Attribute.objects.all())
    return [_told(agreement, attributes) for agreement in agreements]


def service_levels(agreement):
    """(key, what, within, who, what happens at 100 %) of each clock."""
    sales, marketing = _("Sales"), _("Marketing")
    next_rep, manager = _("next rep"), _("tell manager")
    return [
        ("shown_seconds", _("Hand-raise shown in an inbox"), _("%d s") % agreement.shown_seconds,
         _("System"), _("alarm")),
        ("touch_minutes", _("Hand-raise, first touch"), _minutes(agreement.touch_minutes),
         sales, next_rep),
        ("automatic_hours", _("Automatic handoff decided"), _hours(agreement.automatic_hours),
         sales, next_rep),
        ("decide_hours", _("Other handoff decided"), _hours(agreement.decide_hours),
         sales, next_rep),
        ("review_hours", _("MQL reviewed"), _hours(agreement.review_hours), marketing, manager),
        ("answer_hours", _("Rejection answered"), _hours(agreement.answer_hours),
         marketing, manager),
    ]  # fmt: skip


def consequence(reason):
    """What follows from a reason: where to, how long, what the person says, what is learnt."""
    parts = [_("goes to: %s") % reason.get_goes_to_display().lower()]
    if reason.hold:
        parts.append(_("waits for: %s") % reason.get_hold_display().lower())
    if days := reason.hold_days:
        parts.append(ngettext("back after %d day", "back after %d days", days) % days)
    if reason.needs_date:
        parts.append(_("asks for a date"))
    if reason.needs_note:
        parts.append(_("asks for a note"))
    if reason.suppresses:
        parts.append(_("nobody contacts the lead again"))
    if reason.teaches:
        parts.append(_("the score learns: %s") % reason.teaches)
    return "; ".join(parts)


def offered(reason):
    return ", ".join(str(OFFERED_AT.get(name, name)) for name in reason.offered_at)


def _told(agreement, attributes):
    return [
        Section("goal", _("Goal"), _goal(agreement)),
        Section("words", _("Definitions in words"), _definitions(agreement)),
        Section("matrix", _("What happens with each grade"), _matrix(agreement)),
        Section("paths", _("Paths"), _paths(agreement, attributes)),
        Section("vetoes", _("Vetoes"), _vetoes(agreement, attributes)),
        Section("required", _("Data before handing off"), _required(agreement)),
        Section("levels", _("Service levels"), _levels(agreement)),
        Section("bant", _("BANT bar before SQL"), _bant(agreement)),
        Section("limits", _("Limits"), _limits(agreement)),
        Section("promises", _("Both sides promise"), _promises(agreement)),
        Section("questions", _("Own questions"), _questions(agreement)),
        Section("reasons", _("Reasons"), _reasons(agreement)),
        Section("model", _("Scoring model"), _model(agreement)),
    ]


def _goal(agreement):
    return [
        _line(agreement, "title"),
        _line(agreement, "goal"),
        _line(agreement, "goal_customers"),
        _line(agreement, "goal_from"),
        _line(agreement, "goal_until"),
        _line(agreement, "starts_on"),
    ]


def _definitions(agreement):
    return [_line(agreement, name) for name in ("mql_words", "sal_words", "sql_words")]


def _matrix(agreement):
    labels = dict(MatrixCell.Action.choices)
    cells = [Line(cell.grade, cell.grade, labels[cell.action]) for cell in agreement.matrix.all()]
    return [
        *cells,
        Line("margin", _("Margin out"), _("%s points") % formats.localize(agreement.margin)),
        _line(agreement, "automatic_cap"),
        _line(agreement, "minimum_grade"),
    ]


def _paths(agreement, attributes):
    def words(path):
        said = f"{path.get_kind_display()}: {conditions.words(path.condition, attributes)}"
        return _("%s; handed off at once") % said if path.at_once else said

    return [Line(path.name, path.name, words(path)) for path in agreement.paths.all()]


def _vetoes(agreement, attributes):
    return [
        Line(veto.name, veto.name, conditions.words(veto.condition, attributes))
        for veto in agreement.vetoes.all()
    ]


def _required(agreement):
    return [Line(one.fact, str(one), _("required")) for one in agreement.required.all()]


def _levels(agreement):
    rows = [Line(key, what, within) for key, what, within, *_rest in service_levels(agreement)]
    own = [_line(agreement, name) for name in ("pause_hours", "attempts", "attempt_days")]
    calendar = str(agreement.calendar or "")
    return [*rows, *own, Line("calendar", _("Hours of who has none of their own"), calendar)]


def _bant(agreement):
    each = [
        Line(name, name.capitalize(), getattr(agreement, f"get_{name}_at_least_display")())
        for name in BANT
    ]
    own = [_line(agreement, name) for name in ("bant_bar", "stated_bar", "bant_before")]
    return [*own, *each]


def _limits(agreement):
    share = _("%s %% of the leads below the matrix") % formats.localize(agreement.exploration_share)
    return [
        _line(agreement, "max_cycles"),
        _line(agreement, "longest_nurture_days"),
        Line("exploration_share", _("Exploration sample"), share),
    ]


def _promises(agreement):
    return [
        Line(one.measure, measure_words(one, agreement), value_words(one))
        for one in agreement.commitments.all()
    ]


def _questions(agreement):
    words = {True: _("needed for an SQL"), False: _("asked")}
    return [Line(one.code, one.text, words[one.is_required]) for one in agreement.questions.all()]


def _reasons(agreement):
    lines = []
    for reason in agreement.reasons.all():
        place = f"{reason.letter}: " if reason.letter else ""
        words = f"{place}{offered(reason)}; {consequence(reason)}"
        lines.append(Line(reason.code, reason.label, words))
        for detail in reason.details.all():
            words = _("asks for a date") if detail.needs_date else _("second level")
            what = f"{reason.label}: {detail.label}"
            lines.append(Line(f"{reason.code}/{detail.code}", what, words))
    return lines


def _model(agreement):
    return [Line("model", _("Model"), str(agreement.scoring_model))]


def _line(agreement, name):
    """A column under its own name, as people read its value; "" for nothing."""
    field = agreement._meta.get_field(name)
    value = getattr(agreement, name)
    label = str(field.verbose_name)
    if isinstance(value, date):
        value = formats.date_format(value, "j M Y")
    words = "" if value is None else str(formats.localize(value))
    return Line(name, label[:1].upper() + label[1:], words)


def _hours(hours):
    return _("%d h") % hours


def _minutes(minutes):
    return _hours(minutes // 60) if minutes % 60 == 0 else _("%d min") % minutes
