"""How many leads each rule found in the last 30 days: tells rules that work from dead ones.

A rule on activities counts the leads that did it in these days, whatever window it has itself;
any other rule those for which it holds now, among the leads that came or did something in them.
"""

import json
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from leads.conditions import countable_q, of_kind_q, to_q
from leads.models import Activity, Lead
from leads.refusals import Missing
from scoring import computing, versions
from scoring.models import Computation

KIND, DAYS = "fired", 30
FRESH = timedelta(hours=1)


def latest(version):
    """(the newest finished count of this version, one that is under way); Nones."""
    rows = Computation.objects.filter(kind=KIND, params={"version": version}).order_by("-pk")
    newest = list(rows[:5])
    done = next((row for row in newest if row.state == Computation.State.DONE), None)
    return done, next((row for row in newest if row.is_live), None)


def wanting(rulebook, done, now):
    """Is the count missing, older than an hour, or of other rules than a draft has by now?"""
    if done is None or now - done.created_at > FRESH:
        return True
    return any(key(rule) not in done.result["leads"] for rule in rulebook.rules)


def ask(version, *, by, now):
    return computing.start(KIND, {"version": version}, by=by, now=now)


def key(rule):
    """By what a rule says, because the rules of a draft change."""
    return json.dumps(rule.condition, sort_keys=True)


def compute(params, progress):
    """{"leads": {key: number}}."""
    rulebook = versions.of(params["version"])
    if rulebook is None:
        raise Missing(f"There is no version {params['version']} any more.")
    now = timezone.now()
    did = [rule for rule in rulebook.rules if rule.counts_activities]
    other = [rule for rule in rulebook.rules if not rule.counts_activities]
    progress.begin(2)
    progress.step("Counting activities")
    found = dict(zip(map(key, did), _doing(did, now), strict=True))
    progress.step("Counting leads")
    found |= zip(map(key, other), _holding(other, rulebook.attributes, now), strict=True)
    return {"leads": found}


def _doing(rules, now):
    """Leads that did it often enough in these days, for each rule; one pass over the activities."""
    since = now - timedelta(days=DAYS)
    counts = {
        f"n{i}": Count("pk", filter=of_kind_q(_always(rule.condition), now=now))
        for i, rule in enumerate(rules)
    }
    each = Activity.objects.filter(countable_q(), happened_at__gt=since, happened_at__lte=now)
    enough = {
        f"r{i}": Count("lead_id", filter=Q(**{f"n{i}__gte": rule.condition.get("times", 1)}))
        for i, rule in enumerate(rules)
    }
    return _numbers(each.order_by().values("lead_id").annotate(**counts), enough)


def _holding(rules, attributes, now):
    since = now - timedelta(days=DAYS)
    did = Activity.objects.filter(
        countable_q(), lead=OuterRef("pk"), happened_at__gt=since, happened_at__lte=now
    )
    leads = Lead.objects.filter(Q(created_at__gt=since) | Exists(did)).order_by()
    return _numbers(
        leads,
        {
            f"r{i}": Count("pk", filter=to_q(rule.condition, now=now, attributes=attributes))
            for i, rule in enumerate(rules)
        },
    )


def _numbers(rows, counts):
    return list(rows.aggregate(**counts).values()) if counts else []


def _always(condition):
    return {name: value for name, value in condition.items() if name != "days"}
