"""How activities come in, whose they are, and how many of them do not count."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leads import bulk, deliver
from leads.bot_words import class_words
from leads.changes import recording
from leads.models import Activity
from leads.refusals import Conflict

HUMAN, SUSPECTED, BOT = Activity.ActorClass
SHARE_DAYS = 30


@transaction.atomic
def record(activities):
    """Write new activities. The one way in: a class, a score and a judgement follow at once."""
    activities = list(activities)
    bulk.insert(activities)
    if effect := settings.LEAD_PIPELINE.get("recorded", {}).get("effect"):
        import_string(effect)(activities)
    deliver.announce("changed")


@transaction.atomic
def reclassify(activity, actor_class, *, by, now=None):
    """A person says whether a person did this; no heuristic overturns that. Returns the row."""
    fresh = Activity.objects.select_for_update(no_key=True).get(pk=activity.pk)
    if fresh.actor_class == actor_class:
        raise Conflict(class_words(fresh) or "It counts as a person's already.")
    fresh.actor_class, fresh.classified_by = actor_class, Activity.ClassifiedBy.PERSON
    fresh.evidence = {"by": by.display_name}
    with recording(f"page, {by.email}"[:80], now):
        fresh.save(update_fields=["actor_class", "classified_by", "evidence"])
    deliver.announce("changed")
    return fresh


def left_out(lead):
    """ "3 of 14 activities left out: suspected bot"; "" when all count. The lead carries its
    `classes` (classes_of_lead)."""
    found = lead.classes or dict.fromkeys(_COUNTS, 0)
    counts = {kind.label.lower(): found[kind.value] for kind in (SUSPECTED, BOT)}
    why = [label for label, n in counts.items() if n]
    if len(why) > 1:
        why = [f"{n} {label}" for label, n in counts.items()]
    words = _("%(out)s of %(all)s activities left out: %(why)s")
    said = {"out": sum(counts.values()), "all": found["total"], "why": ", ".join(why)}
    return words % said if why else ""


def classes_of_lead():
    """{total, suspected, bot, last_at}: how many activities it has of each class, and when a person
    did the newest, as a column of leads."""
    mine = _OWN.filter(lead=OuterRef("pk")).values("lead")
    last_at = Max("happened_at", filter=Q(actor_class=HUMAN))
    return Subquery(mine.values(counts=JSONObject(**_COUNTS, last_at=last_at)))


def last_at(lead):
    """When a person did the newest activity of a lead that carries its `classes`, or None."""
    newest = (lead.classes or {}).get("last_at")
    return newest and datetime.fromisoformat(newest)


def shares(now, days=SHARE_DAYS):
    """(label, {total, suspected, bot, percent}) by kind of what came in lately, over all leads."""
    since = now - timedelta(days=days)
    rows = _OWN.filter(recorded_at__gte=since).values("kind").annotate(**_COUNTS).order_by("-total")
    return [(Activity.Kind(row["kind"]).label, row | {"percent": _percent(row)}) for row in rows]


def _percent(row):
    return round(100 * (row["suspected"] + row["bot"]) / row["total"])


_OWN = Activity.objects.exclude(kind=Activity.Kind.NOTE).order_by()
_COUNTS = {
    "total": Count("pk"),
    "suspected": Count("pk", filter=Q(actor_class=SUSPECTED)),
    "bot": Count("pk", filter=Q(actor_class=BOT)),
}
