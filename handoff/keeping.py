"""Judgements need not be kept for ever; a replay reaches back as far as they do."""

from django.utils.translation import gettext_lazy as _

from handoff.models import Judgement
from leads.personal import alterable
from leads.retention import Kept


def made_before(edge):
    return Judgement.objects.filter(at__lt=edge)


def drop(ids, now):
    with alterable(Judgement):
        Judgement.objects.filter(pk__in=ids).delete()


JUDGEMENTS = Kept(_("Judgements, which a replay repeats"), made_before, drop, months=36)
