"""The goal of an agreement, counted backwards: how many MQLs its customers need.

With the rates of the cycles that have ended in the last twelve months: of each step the share that
went on to the next. They multiply to the share of all that were won, so nothing is counted twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from leads.models import Cycle

FEW = 30  # cycles that have ended: below it no rate is told
YEAR = timedelta(days=365)
_WEEKS_A_MONTH = 52 / 12

_WON = Q(outcome=Cycle.Outcome.WON)
_QUALIFIED = _WON | Q(qualified_at__isnull=False)
_ACCEPTED = _QUALIFIED | Q(accepted_at__isnull=False)
_HANDED_OFF = _ACCEPTED | Q(handed_off_at__isnull=False)


@dataclass(frozen=True)
class Needed:
    """`why` it cannot be told, or how many of each are needed, and the rates between them.

    `counts`: of the cycles that have ended, how many came how far; won first, all last.
    """

    customers: int
    months: float
    counts: tuple[int, ...] = ()
    why: str = ""

    @property
    def ended(self):
        return self.counts[-1]

    @property
    def rates(self):
        """Percent of each step that went on: won of qualified, …, handed off of MQLs."""
        steps = zip(self.counts, self.counts[1:], strict=False)
        return [100 * further / these for further, these in steps]

    @property
    def numbers(self):
        """Customers, SQLs, SALs, handoffs and MQLs that are needed."""
        return [ceil(self.customers * count / self.counts[0]) for count in self.counts]

    @property
    def mqls_a_month(self):
        return self.customers * self.ended / self.counts[0] / self.months

    @property
    def mqls_a_week(self):
        return self.mqls_a_month / _WEEKS_A_MONTH


def needed(agreement, now):
    """The Needed of this version; one query."""
    goal = {"customers": agreement.goal_customers or 0, "months": months(agreement)}
    if not goal["customers"]:
        return Needed(**goal, why=_("The agreement names no number of new customers as its goal."))
    counts = _counts(now)
    if counts[-1] < FEW:
        why = _("Too few cycles have ended in a year (%d) to tell how many MQLs become customers.")
        return Needed(**goal, counts=counts, why=why % counts[-1])
    if not counts[0]:
        why = _("No MQL has become a customer in a year, so there is no rate to count with.")
        return Needed(**goal, counts=counts, why=why)
    return Needed(**goal, counts=counts)


def months(agreement):
    """How long the goal has time; a year where it does not say both its days."""
    if not agreement.goal_from or not agreement.goal_until:
        return 12
    days = (agreement.goal_until - agreement.goal_from).days + 1
    return round(days * 12 / 365.25, 1)


def _counts(now):
    """Claims of sales never were MQLs, and a merge ends the cycle of nobody. Who came far came past
    every step: real data leaves out some."""
    going = [Cycle.Outcome.OPEN, Cycle.Outcome.MERGED]
    ended = Cycle.objects.exclude(origin=Cycle.Origin.SALES).exclude(outcome__in=going)
    row = ended.filter(closed_at__gt=now - YEAR, closed_at__lte=now).aggregate(
        won=Count("pk", filter=_WON),
        qualified=Count("pk", filter=_QUALIFIED),
        accepted=Count("pk", filter=_ACCEPTED),
        handed_off=Count("pk", filter=_HANDED_OFF),
        ended=Count("pk"),
    )
    return row["won"], row["qualified"], row["accepted"], row["handed_off"], row["ended"]
