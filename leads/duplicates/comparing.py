"""The preview of a merge: both leads side by side, what moves, and what becomes of the loser."""

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.duplicates import choosing, merging
from leads.lifecycle import HANDED_OFF, SAL
from leads.models import Activity, Consent, ExternalId, Lead, Touch
from leads.perform import sources
from leads.refusals import Refusal


def refusal(winner, loser, user, now):
    """Why these two cannot be merged this way round, or None."""
    if winner.pk == loser.pk:
        return Refusal(_("These are not two leads."))
    try:
        merging.check(winner, loser, by=user, now=now)
    except Refusal as wrong:
        return wrong
    return None


def shown(winner, loser, said):
    """What the page shows of both."""
    found = choosing.rows(winner, loser, said)
    return {
        "winner": winner,
        "loser": loser,
        "differing": [row for row in found if row.differs],
        "same": [row for row in found if not row.differs],
        "follows": _follows(loser),
        "leaves": _leaves(loser),
    }


def _follows(loser):
    """ "14 activities, 2 touches": what moves to the winner."""
    counts = Lead.objects.filter(pk=loser.pk).values(
        **{
            model._meta.model_name: _count(model)
            for model in (Activity, Touch, Consent, ExternalId)
        }
    )[0]
    words = {
        "activity": ngettext("%d activity", "%d activities", counts["activity"] or 0),
        "touch": ngettext("%d touch", "%d touches", counts["touch"] or 0),
        "consent": ngettext("%d entry about consent", "%d entries about consent",
                            counts["consent"] or 0),
        "externalid": ngettext("%d external ID", "%d external IDs", counts["externalid"] or 0),
    }  # fmt: skip
    return [words[name] % n for name, n in counts.items() if n]


def _count(model):
    mine = model.objects.filter(lead=OuterRef("pk")).order_by().values("lead")
    return Subquery(mine.values(n=Count("pk"))[:1])


def _leaves(loser):
    """What becomes of the loser, before it happens."""
    stage = loser.get_stage_display()
    if loser.stage not in sources("disqualify"):
        return _("It stays %(stage)s and points to the other lead.") % {"stage": stage}
    if loser.stage in (HANDED_OFF, SAL):
        who = {"stage": stage, "who": loser.owner or loser.team}
        return _("It is %(stage)s, with %(who)s, and is disqualified as a duplicate.") % who
    return _("It is %(stage)s and is disqualified as a duplicate.") % {"stage": stage}
