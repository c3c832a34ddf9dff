"""Who qualifies under an agreement: set-based, by its conditions."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from leads.conditions import countable_q, to_q
from leads.lifecycle import Hold
from leads.models import Activity, Attribute, FieldChange, Lead
from leads.querysets import AnyOf
from scoring.bands import grade_case

BAND = "band"
_CONTACT_DATA = ["email", "phone", "first_name", "last_name", "job_title", "company_id"]
_HOLD = ["hold", "hold_at", "hold_until"]
_JUDGED = ["pk", "stage", "grade", "hold", "do_not_contact", "path", "veto", "released", "lifted"]


@dataclass(frozen=True)
class Verdict:
    """What the agreement says of one lead: the first path that holds, the first veto, the hold."""

    path: str  # name of the path, BAND for the matrix, "" for none
    origin: str  # Cycle.Origin
    veto: str
    released: bool

    @property
    def qualifies(self):
        return bool(self.path) and not self.veto

    @property
    def words(self):
        if self.veto:
            return f"Vetoed: {self.veto}."
        return "" if self.path else "No qualifying path of the agreement holds."


def verdicts(agreement, lead_ids, *, now):
    """{lead id: Verdict} in one query."""
    rows = judged(agreement, now=now).filter(pk__in=lead_ids)
    kinds = {path.name: path.kind for path in agreement.paths.all()}
    return {
        row.pk: Verdict(row.path, kinds.get(row.path, "system"), row.veto, row.released)
        for row in rows
    }


def judged(agreement, *, now):
    """Leads annotated with `path`, `veto` and `released` under this agreement."""
    return _annotated(
        Lead.objects,
        agreement,
        band=Q(grade__in=qualifying_grades(agreement)),
        silent=Q(do_not_contact=True),
        free=released(now),
        now=now,
    )


def judge(agreement, lead_ids, *, now):
    """What `judged` says of these leads, as rows: conditions that are compiled and asked once for
    all that may follow from them. `lifted`: the grade with the agreement's margin on top."""
    rows = judged(agreement, now=now).filter(pk__in=lead_ids)
    rows = rows.annotate(lifted=lifted_grade(agreement))
    return list(rows.values_list(*_JUDGED, named=True))


def judged_then(agreement, leads, *, in_band, moment):
    """The same by what was recorded by that moment. `leads`: as they stood then (leads/past.py);
    `in_band`: ids of those whose score then had a qualifying grade."""
    return _annotated(
        leads,
        agreement,
        band=Q(AnyOf(F("pk"), in_band)),
        silent=to_q({"field": "lead.do_not_contact", "op": "is", "value": True}, as_of=moment),
        free=released(moment, as_of=moment),
        as_of=moment,
    )


def qualifying_grades(agreement):
    """Grades that the matrix sends to review or hands off."""
    cells = agreement.matrix.filter(action__in=["automatic", "review"])
    return [cell.grade for cell in cells]


def lifted_grade(agreement):
    """The grade that a lead would have with the agreement's margin more points, of both kinds."""
    margin = agreement.margin
    return grade_case(agreement.scoring_model, F("fit") + margin, F("engagement") + margin)


def released(now, *, as_of=None):
    """The hold of a lead is over: its date has come, it did something new, its data changed.

    `as_of`: of leads as they stood then, by what was recorded by then.
    """
    hold, at, until = (f"then_{name}" if as_of else name for name in _HOLD)
    since = {"recorded_at__gt": OuterRef(at)}
    # Of the lead itself: a note or a call of ours is no sign of interest.
    fresh = Activity.objects.filter(countable_q(as_of), lead=OuterRef("pk"), by=None, **since)
    fixed = FieldChange.objects.filter(
        Q(recorded_at__lte=as_of) if as_of else Q(),
        subject="lead",
        subject_id=OuterRef("pk"),
        field__in=_CONTACT_DATA,
        **since,
    )
    return (
        Q(**{hold: Hold.NONE})
        | Q(**{hold: Hold.DATE, f"{until}__lte": now})
        | (Q(**{hold: Hold.POINTS}) & Q(Exists(fresh)))
        | (Q(**{hold: Hold.DATA}) & Q(Exists(fixed)))
    )


def _annotated(leads, agreement, *, band, silent, free, **clock):
    clock["attributes"] = list(Attribute.objects.all())
    paths = [
        When(to_q(path.condition, **clock), then=Value(path.name)) for path in agreement.paths.all()
    ]
    vetoes = [
        When(to_q(veto.condition, **clock), then=Value(veto.name))
        for veto in agreement.vetoes.all()
    ]
    return leads.annotate(
        path=_first([*paths, When(band, then=Value(BAND))]),
        veto=_first([When(silent, then=Value("asked not to be contacted")), *vetoes]),
        released=Case(When(free, then=True), default=False),
    )


def _first(whens):
    return Case(*whens, default=Value(""), output_field=CharField())
