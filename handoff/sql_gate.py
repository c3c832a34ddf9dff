"""The gate to SQL: what the agreement asks of the answers, those recorded and those being typed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff import bant, questions
from handoff.bant import MET
from handoff.models import BantAnswer
from handoff.models.agreement import AT_LEAST
from handoff.panel import Line

Value, Basis = BantAnswer.Value, BantAnswer.Basis
_LEAST = dict(AT_LEAST)


@dataclass(frozen=True)
class Gate:
    """`lines`: a checklist with links; `gaps`: [(field of the call's form, what is missing)]."""

    lines: list[Line]
    gaps: list[tuple[str, str]]
    met: int  # how many of the four count
    bar: int

    @property
    def is_met(self):
        return not self.gaps

    @property
    def passed(self):
        return sum(line.state == "met" for line in self.lines)


def gate(found, said, replied):
    """What `found` (a Definition) asks of an SQL, held against answers.

    `said`: {question: (value, basis, evidence)}; `replied`: {code of an own question: text}.
    """
    agreement = found.agreement
    values = {q: Value(said[q][0]) if q in said else Value.UNKNOWN for q in BantAnswer.Question}
    counted = [q for q, value in values.items() if value in MET]
    below = len(counted) < agreement.bant_bar
    checks = [_answer(agreement, q, value, below) for q, value in values.items()]
    checks += _bar(agreement, values, counted) if below else []
    checks += _stated(agreement, said, counted)
    checks += [_own(one, replied.get(one.code, "")) for one in found.questions if one.is_required]
    return Gate(
        lines=[line for line, _field, _words in checks if line],
        gaps=[(field, words) for _line, field, words in checks if words],
        met=len(counted),
        bar=agreement.bant_bar,
    )


def gates(found, lead_ids):
    """{lead id: Gate} by what is recorded."""
    known, replies = bant.answers(lead_ids), questions.answers(lead_ids)
    return {
        pk: gate(
            found,
            {q: (one.value, one.basis, one.evidence) for q, one in known[pk].items()},
            {code: one.text for code, one in replies[pk].items()},
        )
        for pk in lead_ids
    }


# Each check: (line of the list or None, field to mend it, sentence or "" where nothing is missing).


def _answer(agreement, question, value, below):
    least = getattr(agreement, f"{question}_at_least")
    enough = value in MET and (least != Value.YES or value == Value.YES)
    label = f"{question.label} {_LEAST[least]}" if least else question.label
    asked = bool(least) or (below and value == Value.UNKNOWN)
    field = f"{question}_evidence"
    line = Line(
        "met" if enough else "missing" if asked else "not",
        label,
        _("ask now") if asked and not enough and value == Value.UNKNOWN else value.label,
        f"#id_{field}",
    )
    if enough or not least:
        return line, field, ""
    said = {"question": question.label, "value": value.label, "least": _LEAST[least]}
    return line, field, _("%(question)s is %(value)s; %(least)s is needed.") % said


def _bar(agreement, values, counted):
    still = [q for q in values if q not in counted]
    said = {"met": len(counted), "bar": agreement.bant_bar}
    said["open"] = ", ".join(q.label for q in still)
    words = _("%(met)s of %(bar)s BANT answers are partly or yes; open: %(open)s.") % said
    return [(None, f"{still[0]}_evidence", words)]


def _stated(agreement, said, counted):
    bar = agreement.stated_bar
    if not bar:
        return []
    stated = [q for q in counted if said[q][1] == Basis.STATED]
    others = [q for q in counted if q not in stated] or list(BantAnswer.Question)
    field = f"{others[0]}_evidence"
    numbers = {"n": len(stated), "bar": bar}
    label = ngettext("Also: %d of them stated", "Also: %d of them stated", bar) % bar
    met = len(stated) >= bar
    line = Line("met" if met else "missing", label, _("%(n)s of %(bar)s") % numbers, f"#id_{field}")
    words = _("%(n)s of %(bar)s answers were stated by the lead itself.") % numbers
    return [(line, field, "" if met else words)]


def _own(one, text):
    field = questions.field_name(one.code)
    if text.strip():
        return Line("met", one.text, _("answered")), field, ""
    words = _("Not answered: %(question)s") % {"question": one.text}
    return Line("missing", one.text, _("ask now"), f"#id_{field}"), field, words
