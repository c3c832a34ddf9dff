"""Notices need not be kept: what they tell stands in the timeline of the lead."""

from django.utils.translation import gettext_lazy as _

from leads.retention import Kept
from notify.models import Notice


def written_before(edge):
    return Notice.objects.filter(created_at__lt=edge)


def drop(ids, now):
    Notice.objects.filter(pk__in=ids).delete()


NOTICES = Kept(_("Notices"), written_before, drop, months=12)
