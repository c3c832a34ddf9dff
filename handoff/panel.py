"""What the agreement says of one lead, as lines of a checklist; BANT, clocks and handoffs."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff import churning
from handoff.bant import MET, answers
from handoff.definition import definition
from handoff.models import BantAnswer, Handoff
from handoff.way import way, with_way
from leads.models import Lead
from leads.perform import sources


@dataclass(frozen=True)
class Line:
    """`state`: met, not or missing; `url`: where to add what is missing."""

    state: str
    label: str
    value: str = ""
    url: str = ""


def judged(leads, found, now):
    """Leads annotated with what `checklist` reads; `found`: a Definition."""
    return leads.annotate(**found.judged(now)) if found else leads


def checklist(lead, found):
    """Each qualifying path and the vetoes, for a lead out of `judged`."""
    if found is None:
        return []
    paths = [_band(lead, found)]
    for path in found.paths:
        holds = getattr(lead, f"path_{path.pk}")
        state, value = ("met", _("holds")) if holds else ("not", _("no"))
        paths.append(Line(state, path.name, value))
    return paths + _vetoes(lead, found)


def required(lead, found):
    """The facts that sales wants, each with its value or the link to add it."""
    missing = {one.fact for one in found.missing(lead)} if found else set()
    edit = reverse("leads:edit", args=[lead.pk])
    return [
        Line("missing", str(one), _("add"), f"{edit}#id_{one.fact}")
        if one.fact in missing
        else Line("met", str(one), str(getattr(lead, one.fact)))
        for one in (found.required if found else [])
    ]


def bant_lines(theirs):
    """The four answers; `theirs`: {question: latest BantAnswer}."""
    lines = []
    for question in BantAnswer.Question:
        answer = theirs.get(question)
        value = answer.get_value_display() if answer else _("unknown")
        unknown = answer is None or answer.value == BantAnswer.Value.UNKNOWN
        state = "met" if answer and answer.value in MET else "missing" if unknown else "not"
        lines.append(Line(state, question.label, value))
    return lines


def score_wanted(lead, now):
    """(the rulebook in force or None, the grades which its matrix lets in while the lead waits for
    one of them and nothing else keeps it out, else [])."""
    found, verdicts = _agreed(lead, now)
    if found is None:
        return None, []
    kept_out = lead.is_held or lead.do_not_contact or found.band_holds(lead.grade)
    if kept_out or lead.stage not in sources("qualify") or _hit(verdicts, found):
        return found.rulebook, []
    return found.rulebook, [grade for grade in found.matrix if found.band_holds(grade)]


def panel(of, *, now, may_edit, may_record):
    """All that the lead page shows of the handoff side of a lead, in four queries. Who may not edit
    it, or record BANT, gets no link to do so."""
    found, lead = _agreed(of, now)
    theirs = answers([lead.pk])[lead.pk]
    handoffs = list(
        with_way(Handoff.objects.filter(lead=lead))
        .select_related("event__actor", "decided_event__actor")
        .order_by("-pk")[:20]
    )
    data = _linked(required(lead, found), may_edit)
    data += _linked(_bant_before(lead, found, theirs), may_record)
    over = lead.erased_at or lead.merged_into_id
    return {
        "lead": lead,
        "found": found,
        "checks": checklist(lead, found),
        "required": data,
        "missing": [line for line in data if line.state == "missing" and not over],
        "present": sum(line.state == "met" for line in data),
        "bant": bant_lines(theirs),
        "met": sum(answer.value in MET for answer in theirs.values()),
        "handoffs": handoffs,
        "churns": churning.told(lead),
        "clocks": way(handoffs[0], lead, now) if handoffs else [],
    }


def _agreed(lead, now):
    """(definition in force, the lead with its verdicts), asked once for all panels of its page."""
    if not hasattr(lead, "agreed"):
        found = definition()
        leads = Lead.objects.filter(pk=lead.pk).select_related("company")
        leads = leads.annotate(left=churning.column())
        lead.agreed = found, judged(leads, found, now).get()
    return lead.agreed


def _linked(lines, may_add):
    if may_add:
        return lines
    return [replace(line, value="", url="") if line.url else line for line in lines]


def _bant_before(lead, found, theirs):
    """What the agreement wants to know before the handoff, or nothing."""
    if not found or not (wanted := found.agreement.bant_before):
        return []
    known = sum(one.value != BantAnswer.Value.UNKNOWN for one in theirs.values())
    label = _("BANT, %(known)s of %(wanted)s known") % {"known": known, "wanted": wanted}
    state = "met" if known >= wanted else "missing"
    return [Line(state, label, _("add"), reverse("handoff:bant", args=[lead.pk]))]


def _band(lead, found):
    label = _("Band: %(grade)s") % {"grade": lead.grade or "–"}
    action = {
        "automatic": _("automatic"),
        "review": _("reviewed"),
        "nurture": _("nurtured"),
        "leave": _("left alone"),
    }.get(found.matrix.get(lead.grade, ""), _("not scored yet"))
    return Line("met" if found.band_holds(lead.grade) else "not", label, action)


def _hit(lead, found):
    return [veto.name for veto in found.vetoes if getattr(lead, f"veto_{veto.pk}")]


def _vetoes(lead, found):
    hit = _hit(lead, found)
    if lead.do_not_contact:
        hit.insert(0, _("asked not to be contacted"))
    if hit:
        return [Line("missing", _("Veto: %(name)s") % {"name": name}) for name in hit]
    checked = len(found.vetoes) + 1
    return [Line("met", _("No veto"), ngettext("%d checked", "%d checked", checked) % checked)]
