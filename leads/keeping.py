"""What leads need not keep: people who gave no sign of life, and the words of old activities."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from leads import erasing
from leads.lifecycle import DISQUALIFIED, LOST, UNQUALIFIED
from leads.models import Activity, Lead, LeadEvent, Touch
from leads.personal import alterable
from leads.retention import Kept


def silent_since(edge):
    """Leads that nobody works on, and that neither did anything nor had anything done to them."""
    mine = {"lead": OuterRef("pk")}
    leads = Lead.objects.filter(
        stage__in=[UNQUALIFIED, DISQUALIFIED, LOST],
        created_at__lt=edge,
        stage_at__lt=edge,
        erased_at=None,
        merged_into=None,
    )
    return leads.filter(
        ~Exists(Activity.objects.filter(**mine, happened_at__gte=edge)),
        ~Exists(Touch.objects.filter(**mine, happened_at__gte=edge)),
        ~Exists(LeadEvent.objects.filter(**mine, happened_at__gte=edge)),
    )


def erase_silent(ids, now):
    erasing.erase(ids, by=None, now=now, asked=False)


def worded_before(edge):
    return Activity.objects.filter(recorded_at__lt=edge).exclude(body="")


def drop_words(ids, now):
    """What happened stays, as a kind and a subject."""
    with alterable(Activity):
        Activity.objects.filter(pk__in=ids).update(body="")


LEADS = Kept(
    _("Leads without a sign of life: unqualified, disqualified or lost. They are erased."),
    silent_since,
    erase_silent,
    months=36,
)
ACTIVITIES = Kept(_("What was written in activities and notes"), worded_before, drop_words)
