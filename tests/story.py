"""How far a lead has come, told through the front door: what tests of later steps begin with."""

from datetime import timedelta

from django.utils import timezone

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import agreements, starters
from handoff.models import BantAnswer, Discovery
from leads.perform import perform
from tests.factories import CompanyFactory, LeadFactory, RepFactory, UserFactory


def agreement_in_force(*, now=None, starter="b2b_software", **changes):
    """A starter, signed by two managers. `changes`: other values for the draft's own columns."""
    draft = starters.load(starter)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save()
    return signed(draft, now=now)


def signed(draft, *, now=None):
    for side, role in (("marketing", MARKETING_MANAGER), ("sales", SALES_MANAGER)):
        draft = agreements.sign(
            draft, by=UserFactory(role=role), side=side, now=now or timezone.now()
        )
    return draft


def a_lead(**fields):
    """Everything that the agreement requires, and grade A1."""
    if "company" not in fields:
        fields["company"] = CompanyFactory()
    return LeadFactory(**{"grade": "A1", "fit": 45, "engagement": 35, "score": 80} | fields)


def an_mql(*, by=None, now=None, **fields):
    """Qualified by a marketer, or by `by`; makes the agreement in force if there is none."""
    if agreements.in_force() is None:
        agreement_in_force(now=now)
    return perform(a_lead(**fields), "qualify", by=by or UserFactory(), now=now)


def handed_off(*, to=None, by=None, now=None, **fields):
    """Offered to the rep `to`; to a new rep of a new team if nobody is named."""
    lead = an_mql(by=by, now=now, **fields)
    return perform(lead, "hand_off", by=by or UserFactory(), now=now, to_user=to or RepFactory())


def accepted(*, by=None, now=None, **fields):
    """A SAL of the rep `by`, with a discovery call tomorrow."""
    rep = by or RepFactory()
    lead = handed_off(to=rep, now=now, **fields)
    tomorrow = (now or timezone.now()) + timedelta(days=1)
    return perform(lead, "accept", by=rep, now=now, discovery_at=tomorrow)


def an_sql(*, by=None, now=None, **fields):
    """The discovery call of `by` has ended with "ready", every BANT answer is yes."""
    rep, now = by or RepFactory(), now or timezone.now()
    lead = accepted(by=rep, now=now, **fields)
    Discovery.objects.create(lead=lead, by=rep, held_at=now, outcome="ready")
    BantAnswer.objects.bulk_create(
        BantAnswer(lead=lead, question=question, value="yes", by=rep, recorded_at=now)
        for question in BantAnswer.Question
    )
    next_step_at = now + timedelta(days=1)
    return perform(lead, "qualify_sales", by=rep, now=now, next_step_at=next_step_at)
