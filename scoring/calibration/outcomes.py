"""Decisions to learn from: which lead, when it was judged, in which order, and how it ended."""

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.module_loading import import_string

from leads.conditions.fields import find
from leads.models import Attribute, Cycle, Lead
from leads.querysets import AnyOf
from leads.refusals import Missing

MOST = 20_000  # the newest decisions are enough, and fit into memory


@dataclass
class Decisions:
    """One element each, oldest first. `moments`: judged as of then; None: as known at present."""

    words: str  # what a good end is
    lead_ids: list[int]
    won: np.ndarray
    order: np.ndarray
    moments: list[datetime] | None = None
    left_out: dict[str, int] = field(default_factory=dict)  # why: how many

    def __len__(self):
        return len(self.lead_ids)


def decisions(outcome, order_by=""):
    """`outcome`: "accepted", "won", or the key of a yes-or-no attribute ("attr.converted").

    `order_by`: the key of a number or date that tells old from new; else the moment counts.
    """
    found = _of_cycles(outcome) if outcome in _OF_CYCLES else _of_attribute(outcome)
    if order_by and len(found):
        found.order = _order(found.lead_ids, order_by)
    return _sorted(found)


def boundary(value, order_by=""):
    """`--train-before` as a place in the order: a number, or a date."""
    try:
        if order_by and _ordering_field(order_by).kind == "number":
            return float(value)
        if order_by:
            return float(date.fromisoformat(value).toordinal())
        return _moment(value).timestamp()
    except ValueError:
        raise Missing(f"“{value}” is no value that “{order_by or 'the date'}” can have.") from None


def _of_cycles(outcome):
    """Judged as of the moment at which the lead qualified: sales had not spoken with it yet."""
    rows, left_out = [], {}
    cycles = Cycle.objects.order_by("opened_at", "pk").values_list(
        "lead_id", "opened_at", "origin", "outcome", "accepted_at", "reason"
    )
    teaching = import_string(settings.TEACHING_REASONS)() if outcome == "accepted" else {}
    for lead_id, opened_at, origin, ended, accepted_at, reason in cycles.iterator():
        verdict, why = None, _UNDECIDED[outcome]
        if outcome == "won":
            verdict = {"won": True, "lost": False}.get(ended)
        elif origin == Cycle.Origin.SALES:
            why = "claimed by sales itself"
        elif accepted_at:
            verdict = True
        elif ended == "rejected":
            verdict = False if teaching.get(reason) else None
            why = f"rejected as {reason.replace('_', ' ')}, which teaches the points nothing"
        if verdict is None:
            left_out[why] = left_out.get(why, 0) + 1
        else:
            rows.append((lead_id, opened_at, verdict))
    ids, moments, won = zip(*rows, strict=True) if rows else ((), (), ())
    order = np.array([moment.timestamp() for moment in moments])
    return Decisions(
        _OF_CYCLES[outcome], list(ids), np.array(won, bool), order, list(moments), left_out
    )


def _of_attribute(key):
    found = find(key, list(Attribute.objects.all()))
    if found is None or not key.startswith("attr.") or found.kind not in ("boolean", "number"):
        raise Missing(f"“{key}” is no outcome: accepted, won, or a yes-or-no attribute (attr.…).")
    leads = Lead.objects.filter(attributes__values__has_key=found.column)
    rows, left_out = [], {"no outcome yet": Lead.objects.count() - leads.count()}
    values = leads.order_by("created_at", "pk").values_list(
        "pk", "created_at", "attributes__values"
    )
    for lead_id, created_at, known in values.iterator():
        value = known[found.column]
        if value in (0, 1):  # True and False, too
            rows.append((lead_id, created_at.timestamp(), bool(value)))
        else:
            left_out["neither 0 nor 1"] = left_out.get("neither 0 nor 1", 0) + 1
    ids, order, won = zip(*rows, strict=True) if rows else ((), (), ())
    return Decisions(
        found.label, list(ids), np.array(won, bool), np.array(order, float), None,
        {why: number for why, number in left_out.items() if number},
    )  # fmt: skip


def outcome_moments(key):
    """{lead id: when an attribute was last set}, as far as its changes are recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, max(recorded_at) FROM leads_fieldchange"
            " WHERE subject = 'attr' AND field = %s GROUP BY 1",
            [key.removeprefix("attr.")],
        )
        return dict(cursor.fetchall())


def _order(lead_ids, order_by):
    """The values of that field; who has none is the oldest."""
    found = _ordering_field(order_by)
    path = {"attr": "attributes__values", "company": f"company__{found.column}"}
    column = path.get(found.subject, found.column)
    values = dict(Lead.objects.filter(AnyOf(F("pk"), lead_ids)).values_list("pk", column))
    if found.subject == "attr":
        values = {pk: (known or {}).get(found.column) for pk, known in values.items()}
    return np.array([_place(values.get(pk)) for pk in lead_ids])


def _ordering_field(key):
    found = find(key, list(Attribute.objects.all()))
    if found is None or found.kind not in ("number", "date"):
        raise Missing(f"“{key}” is no number and no date to order by.")
    return found


def _place(value):
    if value is None:
        return -np.inf
    if isinstance(value, datetime):
        return value.timestamp()
    return float(date.fromisoformat(value).toordinal() if isinstance(value, str) else value)


def _moment(value):
    moment = parse_datetime(value)
    if moment is None:
        day = parse_date(value)
        if day is None:
            raise ValueError(value)
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (made aware below)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _sorted(found):
    """Oldest first, and only the newest MOST."""
    if len(found) > MOST:
        found.left_out[f"older than the newest {MOST}"] = len(found) - MOST
    places = np.argsort(found.order, kind="stable")[-MOST:] if len(found) else np.array([], int)
    found.lead_ids = [found.lead_ids[i] for i in places]
    found.won, found.order = found.won[places], found.order[places]
    if found.moments is not None:
        found.moments = [found.moments[i] for i in places]
    return found


_UNDECIDED = {"accepted": "neither accepted nor rejected", "won": "neither won nor lost"}
_OF_CYCLES = {"accepted": "accepted by sales", "won": "won"}
