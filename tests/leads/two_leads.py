"""Two leads that are merged, for the tests of merging and unmerging."""

from django.utils import timezone

from handoff.models import BantAnswer
from leads.duplicates.merging import merge
from leads.models import Consent, ExternalId, Lead, Touch
from tests.factories import ActivityFactory, RepFactory

NOW = timezone.now()


def fresh(lead):
    return Lead.objects.get(pk=lead.pk)


def one(winner, loser, by, now=NOW, **said):
    return merge(winner, loser, by=by, now=now, said=said)


def rows_of(lead):
    """A row of every kind that moves."""
    rep = RepFactory()
    said = {"happened_at": NOW, "recorded_at": NOW}
    return [
        ActivityFactory(lead=lead),
        Touch.objects.create(lead=lead, source="google", **said),
        Consent.objects.create(lead=lead, purpose="phone", given=True, **said),
        ExternalId.objects.create(lead=lead, system="hubspot", value="7"),
        BantAnswer.objects.create(lead=lead, question="need", value="yes", by=rep, recorded_at=NOW),
    ]
