"""Who qualifies under an agreement: set-based, by its conditions."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from leads.conditions import to_q
from leads.lifecycle import Hold
from leads.models import Activity, Attribute, FieldChange, Lead

BAND = "band"
_CONTACT_DATA = ["email", "phone", "first_name", "last_name", "job_title", "company_id"]


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
    attributes = list(Attribute.objects.all())
    paths = [
        When(to_q(path.condition, now=now, attributes=attributes), then=Value(path.name))
        for path in agreement.paths.all()
    ]
    vetoes = [
        When(to_q(veto.condition, now=now, attributes=attributes), then=Value(veto.name))
        for veto in agreement.vetoes.all()
    ]
    band = When(grade__in=qualifying_grades(agreement), then=Value(BAND))
    return Lead.objects.annotate(
        path=_first([*paths, band]),
        veto=_first([When(do_not_contact=True, then=Value("asked not to be contacted")), *vetoes]),
        released=Case(When(released(now), then=True), default=False),
    )


def qualifying_grades(agreement):
    """Grades that the matrix sends to review or hands off."""
    cells = agreement.matrix.filter(action__in=["automatic", "review"])
    return [cell.grade for cell in cells]


def released(now):
    """The hold of a lead is over: its date has come, it did something new, its data changed."""
    since = {"recorded_at__gt": OuterRef("hold_at")}
    # Of the lead itself: a note or a call of ours is no sign of interest.
    fresh = Activity.objects.filter(lead=OuterRef("pk"), actor_class="human", by=None, **since)
    fixed = FieldChange.objects.filter(
        subject="lead", subject_id=OuterRef("pk"), field__in=_CONTACT_DATA, **since
    )
    return (
        Q(hold=Hold.NONE)
        | Q(hold=Hold.DATE, hold_until__lte=now)
        | (Q(hold=Hold.POINTS) & Q(Exists(fresh)))
        | (Q(hold=Hold.DATA) & Q(Exists(fixed)))
    )


def _first(whens):
    return Case(*whens, default=Value(""), output_field=CharField())
