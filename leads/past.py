"""Where leads stood at a past moment. The state then is `before` of the first move from then on,
else the present one; moves at the very moment follow from what is judged as of it, and count as
later.
"""

from django.db.models import Case, CharField, DateTimeField, Exists, F, OuterRef, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from leads.models import Lead, LeadEvent


def stood(moment):
    """All leads, with then_stage, then_hold, then_hold_at and then_hold_until."""
    moves = moves_since(moment)
    return Lead.objects.annotate(
        then_stage=_then(moves, "stage", CharField()),
        then_hold=_then(moves, "hold", CharField()),
        then_hold_at=_then(moves, "hold_at", DateTimeField()),
        then_hold_until=_then(moves, "hold_until", DateTimeField()),
    )


def moves_since(moment):
    """The moves of the lead of an outer query, the first one first. A birth is no move."""
    events = LeadEvent.objects.filter(lead=OuterRef("pk"), happened_at__gte=moment)
    return events.exclude(source="").order_by("id")


def _then(moves, name, kind):
    before = Subquery(moves.values(was=KT(f"details__before__{name}"))[:1])
    return Case(When(Exists(moves), then=Cast(before, kind)), default=F(name), output_field=kind)
