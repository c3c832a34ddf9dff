"""What becomes known late: machines found among the visitors, facts put right, people picked by
hand. A past that is judged again must not know of it too early."""

from datetime import timedelta

from leads.changes import recording
from leads.lifecycle import UNQUALIFIED
from leads.models import Activity, Attribute, Lead, LeadAttributes

WEEKDAY = 3  # the day of the week on which somebody looks


def define_halls():
    """The custom attribute that forms ask for."""
    Attribute.objects.create(
        code="halls", label="Production halls", kind="number", known_since="capture"
    )


def put_right(random, now):
    """A day's corrections, recorded at `now`."""
    with recording("demo, put right", now):
        _count_halls(random, now)
        if now.weekday() == WEEKDAY:
            _find_machines(random, now)
            _pick_targets(random)


def _count_halls(random, now):
    """Somebody asked on the phone."""
    young = LeadAttributes.objects.filter(lead__created_at__gte=now - timedelta(days=30))
    for row in _some(random, young, 1):
        row.values["halls"] = random.randint(1, 9)
        row.save(update_fields=["values"])


def _find_machines(random, now):
    """Some that counted for people were none, and now and then the other way round."""
    lately = Activity.objects.filter(recorded_at__gte=now - timedelta(days=14))
    for was, becomes, many in (("human", "bot", 6), ("bot", "human", 1)):
        found = _some(random, lately.filter(actor_class=was), many)
        Activity.objects.filter(pk__in=[row.pk for row in found]).update(actor_class=becomes)


def _pick_targets(random):
    rest = Lead.objects.filter(stage=UNQUALIFIED, on_target_list=False)
    for lead in _some(random, rest, 1):
        Lead.objects.filter(pk=lead.pk).update(on_target_list=True)


def _some(random, rows, many):
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return list(rows.filter(pk__in=random.sample(ids, min(many, len(ids)))).order_by("pk"))
