"""Who gets a lead when eight hand off at once: fast, fair within weights and caps, none lost."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import connection, connections
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Absence, User
from bench import crowd, database
from bench.figures import Verdict, clock, table
from handoff import rotation
from handoff.models import Handoff, RotationSeat, RoutingRule
from leads import bulk
from leads.models import Company, Lead, LeadAttributes, LeadEvent
from leads.perform import perform, perform_many

SECONDS, QUERIES = 30, 14  # the bars: of all of them, and of one handoff
WORKERS, TEAMS, REPS, AT_ONCE = 8, 4, 40, 100
COUNTRIES = ["DE", "AT", "SE", "NO", "CZ", "PL", "FR", "IT", "GB"]
ALONE = 200


def run(small):
    leads = 2_000 if small else 16_800
    database.fresh("leadops_bench_routing")
    people = crowd.gather(teams=TEAMS, reps=REPS)
    ids = _mqls(people, leads + ALONE)
    _route(people.reps, cap=leads // 200)
    alone, ids = ids[:ALONE], ids[ALONE:]
    queries, one = _one_by_one(alone, people.marketers[0])
    with clock() as took:
        _at_once(partial(_hand_off, people.marketers[0].pk), ids)
    problems = _lost_or_twice(alone + ids) + _unfair()
    with clock() as bare:
        _at_once(_bare, ids)
    table(
        [
            ["bare UPDATE of a seat and of a lead", bare.seconds, leads / bare.seconds],
            [f"perform_many(hand_off), {AT_ONCE} at once", took.seconds, leads / took.seconds],
            ["perform(hand_off) one by one, one worker", one, ALONE / one],
        ],
        f"{leads:,} leads by {WORKERS} workers",
        "seconds",
        "a second",
    )
    print(f"{queries} queries for one handoff")
    print("\n".join(problems) or "None lost, none twice; fair within weights, caps and absences.")
    ok = took.seconds <= SECONDS and queries <= QUERIES and not problems
    fair = "unfair" if problems else "fair"
    return Verdict(f"{took.seconds:.1f}s,{queries}q,{fair}", f"{SECONDS}s,{QUERIES}q,fair", ok)


def _mqls(people, number):
    """Ids of fresh MQLs with all that is required, through the door."""
    now = timezone.now()
    companies = [Company(name=f"Halden {n}", created_at=now) for n in range(number // 10)]
    for n, company in enumerate(companies):
        company.owner = people.reps[n % REPS] if n % 50 == 0 else None
    bulk.insert(companies)
    leads = [
        Lead(
            email=f"lead{n}@bench.example",
            last_name=f"Brandt {n}",
            phone="+49 561 555 0142",
            interest="Energy" if n % 7 == 0 else "Water",
            country=COUNTRIES[n % len(COUNTRIES)],
            company=companies[n % len(companies)],
            grade="A1",
            score=80,
            created_at=now,
            stage_at=now,
        )
        for n in range(number)
    ]
    bulk.insert(leads)
    LeadAttributes.objects.bulk_create([LeadAttributes(lead=lead) for lead in leads])
    said = {"by": people.managers[0], "reason": "benchmark"}
    return [lead.pk for lead in perform_many(leads, "qualify", **said).moved]


def _route(reps, *, cap):
    """Weights 1 to 3; of each ten reps one has a cap that is soon reached and one is away."""
    RotationSeat.objects.bulk_create(
        RotationSeat(
            team=rep.team, user=rep, weight=n % 3 + 1, daily_cap=cap if n % 10 == 3 else None
        )
        for n, rep in enumerate(reps)
    )
    now = timezone.now()
    span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=9)}
    Absence.objects.bulk_create(Absence(user=rep, **span) for rep in reps[5::10])
    energy = {"field": "lead.interest", "op": "is", "value": "Energy"}
    RoutingRule.objects.create(name="Energy", order=1, condition=energy, to_team=reps[-1].team)
    done = {"did": "demo_request", "days": 30}
    RoutingRule.objects.create(name="Demo", order=2, condition=done, to_user=reps[0])


def _one_by_one(ids, marketer):
    """(queries of one handoff, seconds of all)"""
    assert marketer.is_marketer  # as in a request, which knows it already
    *most, last = ids  # whose account has no owner
    with clock() as took:
        for pk in most:
            perform(pk, "hand_off", by=marketer)
    with CaptureQueriesContext(connection) as asked:
        perform(last, "hand_off", by=marketer)
    return len([one for one in asked if one["sql"] not in ("BEGIN", "COMMIT")]), took.seconds


def _at_once(work, ids):
    """Each worker takes its share, in a process and by a connection of its own."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(WORKERS, mp_context=fork) as pool:
        list(pool.map(work, [ids[start::WORKERS] for start in range(WORKERS)]))


def _hand_off(marketer_id, ids):
    connections.close_all()
    marketer = User.objects.get(pk=marketer_id)
    for start in range(0, len(ids), AT_ONCE):
        perform_many(ids[start : start + AT_ONCE], "hand_off", by=marketer)


def _bare(ids):
    """The baseline: for each lead whose turn it is in its team, and that it is theirs."""
    connections.close_all()
    with connection.cursor() as cursor:
        for pk in ids:
            cursor.execute(_BARE, [pk])


def _lost_or_twice(ids):
    """Sentences about leads without exactly one handoff."""
    handed_off = Lead.objects.filter(pk__in=ids, stage="handed_off").count()
    made = Handoff.objects.filter(lead__in=ids).values("lead").annotate(n=Count("pk"))
    events = LeadEvent.objects.filter(lead__in=ids, name="hand_off").count()
    counts = {"leads": handed_off, "handoffs": made.filter(n=1).count(), "events": events}
    return [f"{n} {what} for {len(ids)} leads" for what, n in counts.items() if n != len(ids)]


def _unfair():
    """Sentences about who got more or less than weight, cap and absence allow."""
    turned = LeadEvent.objects.filter(name="hand_off", details__rotated=True)
    turns = Counter(turned.values_list("details__to_user", flat=True))
    had = Counter(Handoff.objects.values_list("to_user", flat=True))
    away = set(Absence.objects.values_list("user", flat=True))
    levels: dict[int, list] = {}
    found = []
    for seat in RotationSeat.objects.select_related("user", "team"):
        if seat.user_id in away:
            found += [f"{seat.user} is away and had a turn"] if turns[seat.user_id] else []
        elif seat.daily_cap is not None:
            # An account's owner gets its leads also beyond the cap.
            if not turns[seat.user_id] <= seat.daily_cap <= had[seat.user_id]:
                found.append(f"{seat.user} has {had[seat.user_id]} for {seat.daily_cap}")
        else:
            seat.turns = turns[seat.user_id]  # what was given, not what was counted
            levels.setdefault(seat.team_id, []).append(rotation.level(seat))
    return found + [
        f"levels of team {team} differ by {max(some) - min(some)}"
        for team, some in levels.items()
        if max(some) - min(some) > 1
    ]


_BARE = """
    WITH lead AS (SELECT id, team_id FROM leads_lead WHERE id = %s),
    turn AS (
        UPDATE handoff_rotationseat SET turns = turns + 1 WHERE id = (
            SELECT s.id FROM handoff_rotationseat s, lead WHERE s.team_id = lead.team_id
            ORDER BY s.turns::numeric / s.weight, s.id LIMIT 1 FOR UPDATE OF s
        ) RETURNING user_id
    )
    UPDATE leads_lead l SET owner_id = turn.user_id FROM lead, turn WHERE l.id = lead.id
"""
