"""Old computations need not be kept: they can be asked for again."""

from django.utils.translation import gettext_lazy as _

from leads.retention import Kept
from scoring.models import Computation


def done_before(edge):
    return Computation.objects.exclude(state__in=Computation.LIVE).filter(created_at__lt=edge)


def drop(ids, now):
    Computation.objects.filter(pk__in=ids).delete()


COMPUTATIONS = Kept(_("Computations and their results"), done_before, drop, months=12)
