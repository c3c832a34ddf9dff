"""What breaches next: the deadlines of a person, their team or everybody, most urgent first.

Marketing owes reviews, sales decisions and first touches, in business time of who has to act. Calls
and next steps have the date that the rep gave them.
"""

from datetime import timedelta

from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from handoff import clocks, countdown
from handoff.cards import with_offer
from handoff.models import Agreement, Handoff
from leads.lifecycle import HANDED_OFF, MQL, SAL, SQL
from leads.models import Lead

MOST = 5


def scope_of(user, asked):
    """ "all" for a manager, "team" for a rep of one who asks for it, else "mine"."""
    if user.is_manager:
        return "all"
    return "team" if asked == "team" and user.is_rep and user.team_id else "mine"


def breaching(user, scope, now):
    """The next few leads, each with its `clock` (handoff.countdown) and `promise` in words."""
    leads = with_offer(_waiting(user, scope), now).annotate(
        cycle=FilteredRelation("cycles", condition=Q(cycles__outcome="open")),
        review_hours=_reviewed_under("review_hours"),
        review_calendar=_reviewed_under("calendar"),
    )
    found = list(leads.order_by("due_at", "pk")[:MOST])
    for lead in found:
        _complete(lead)
    countdown.set_clocks(found, now)
    for lead in found:
        lead.promise = _promise(lead)
    return found


def _waiting(user, scope):
    leads = Lead.objects.visible_to(user)
    if scope == "all":
        return leads.filter(stage__in=[MQL, HANDED_OFF])
    if not user.is_rep:
        return leads.filter(stage=MQL)
    together = Q(team=user.team_id or 0)
    theirs = together if scope == "team" else together & Q(owner=None)
    return leads.filter(Q(owner=user) | theirs, stage__in=[HANDED_OFF, SAL, SQL])


def _reviewed_under(name):
    """A column of the version that the open cycle of a lead qualified under."""
    return Subquery(Agreement.objects.filter(version=OuterRef("cycle__agreement")).values(name)[:1])


def _complete(lead):
    """What is no offer has a clock, too: a review that of its agreement, the rest the one on the
    wall."""
    if lead.handoff_id is None:
        lead.offered_at = lead.stage_at
    if lead.stage == MQL and lead.review_hours:
        lead.allowed = timedelta(hours=lead.review_hours)
        lead.default_calendar = lead.review_calendar


def _promise(lead):
    if lead.stage == SAL:
        return _("discovery call")
    if lead.stage == SQL:
        return _("next step")
    words = {"limit": clocks.limit_words(lead.clock.total)}
    if lead.stage == MQL:
        return _("review %(limit)s") % words
    if lead.kind == Handoff.Kind.HAND_RAISE and not lead.touched_at:
        return _("touch %(limit)s") % words
    return _("decide %(limit)s") % words
