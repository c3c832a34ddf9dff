"""Which visits a machine made, as they arrive: the signs of leads/bots.py that a visit can show.

Only those of nobody in particular: what a lead does is an activity, and looked at there.
"""

from datetime import timedelta

from intake.models import Visit
from leads.models import Activity, BotAgent, BotRule

HUMAN, SUSPECTED, BOT = Activity.ActorClass


def classify(visitor, visits):
    """Give these new visits of a visitor their classes. Returns stored ones of which these tell."""
    for visit in visits:
        if agent := _agent(visit.user_agent.lower()):
            _give(visit, agent.gives, "agent", {"agent": agent.text})
    rule = BotRule.objects.filter(heuristic="repeats", active=True).first()
    return _repeats(visitor, visits, rule) if rule else []


def _agent(user_agent):
    """Who says so in its user agent; of several the one that is surely a machine."""
    listed = BotAgent.objects.filter(active=True).order_by("gives", "text")
    return next((one for one in listed if one.text.lower() in user_agent), None)


def _repeats(visitor, visits, rule):
    within = timedelta(seconds=rule.seconds)
    since = min(visit.happened_at for visit in visits) - within
    stored = list(visitor.visits.filter(happened_at__gte=since))
    told = []
    for hits in _by_page([*stored, *visits]).values():
        for hit, number in _windows(hits, within):
            if number >= rule.count and _stronger(hit, rule.gives):
                _give(hit, rule.gives, "repeats", {"hits": number, "seconds": rule.seconds})
                told += [hit] if hit.pk else []
    return told


def _by_page(visits):
    found: dict[tuple, list[Visit]] = {}
    for visit in sorted(visits, key=lambda visit: visit.happened_at):
        found.setdefault((visit.name, visit.path), []).append(visit)
    return found


def _windows(hits, within):
    """(hit, the greatest number of hits in a window that it stands in), in order of time."""
    ahead = [
        sum(1 for other in hits[n:] if other.happened_at - hit.happened_at <= within)
        for n, hit in enumerate(hits)
    ]
    for n, hit in enumerate(hits):
        yield (
            hit,
            max(ahead[m] for m in range(n + 1) if hit.happened_at - hits[m].happened_at <= within),
        )


def _stronger(visit, gives):
    return visit.actor_class == HUMAN or (visit.actor_class == SUSPECTED and gives == BOT)


def _give(visit, gives, sign, evidence):
    visit.actor_class, visit.classified_by, visit.evidence = gives, sign, evidence
