"""Who takes a lead: one of 64 who press Accept at once; and decisions a second through the door."""

import threading
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from bench import crowd, database, market
from bench.figures import Verdict, at, clock, table
from bench.web import Reader, serving
from handoff.models import Handoff, Opportunity
from leadops import garbage
from leads.models import Lead, LeadEvent
from leads.perform import perform, perform_many

TIMES, PER_SECOND = 4, 150  # the bars: times the bare statements, and decisions a second
REPS = 64


def run(small):
    database.fresh("leadops_bench_claims")
    market.fill(20_000 if small else 60_000, teams=1, reps=REPS)
    people = crowd.present()
    one_took_it = race(people)
    bare, through = decisions(people, 150 if small else 600)
    table(
        [
            ["bare lock + update + insert", at(0.5, bare), at(0.95, bare), _rate(bare)],
            ["perform(accept)", at(0.5, through), at(0.95, through), _rate(through)],
        ],
        "one decision",
        "p50 ms",
        "p95 ms",
        "a second",
    )
    in_bulk(people, 1_000 if small else 10_000)
    times, rate = sum(through) / sum(bare), _rate(through)
    ok = one_took_it and times <= TIMES and rate >= PER_SECOND
    taken = "1x200+63x409" if one_took_it else "race-lost"
    return Verdict(
        f"{times:.1f}x,{rate:.0f}/s,{taken}", f"{TIMES}x,{PER_SECOND}/s,1x200+63x409", ok
    )


def race(people):
    """64 signed-in reps of one team accept one offer at the same moment, over HTTP."""
    lead = _offered(people, 1)[0]
    url = reverse("handoff:answer", args=[lead.pk, "accept"])
    said = urlencode({"discovery_at": f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"})
    answers, ready = [], threading.Barrier(REPS)

    def press(session):
        reader = Reader(port, session)
        reader.get(reverse("healthz"))
        ready.wait()
        answers.append(reader.post(url, said))

    with serving(workers=2) as port, clock() as took:
        sessions = [crowd.session_of(rep) for rep in people.reps]
        threads = [threading.Thread(target=press, args=[session]) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    statuses = Counter(answer.status for answer in answers)
    events = LeadEvent.objects.filter(lead=lead, name="accept").count()
    handoffs = Handoff.objects.filter(lead=lead, state="accepted").count()
    deals = Opportunity.objects.filter(lead=lead).count()
    winner = Lead.objects.get(pk=lead.pk).owner
    told = sum(str(winner) in a.body for a in answers if a.status == 409)
    print(
        f"{REPS} accepts at once in {took.seconds:.1f} s: {dict(statuses)}, {told} name the winner;"
        f" {events} event, {handoffs} accepted handoff, {deals} deal"
    )
    return statuses == {200: 1, 409: REPS - 1} and (events, handoffs, deals) == (1, 1, 1)


def decisions(people, number):
    """Milliseconds of each: bare statements and `perform`, a hundred of one, then of the other."""
    offered = _offered(people, number + 100)
    garbage.search_seldom()  # as the server does
    args = {"discovery_at": timezone.now() + timedelta(days=1)}
    bare, through = [], []
    for i, lead in enumerate(offered):
        rep = people.reps[i % REPS]
        with clock() as took:
            perform(lead, "accept", by=rep, **args)
        through.append(took.seconds * 1000)
        with clock() as took:
            _bare_decision(lead.pk, rep.pk)
        bare.append(took.seconds * 1000)
    return bare[100:], through[100:]  # what came first warmed up


def in_bulk(people, number):
    """Figures only: many leads in one call, beside one statement for leads and one for history."""
    ids = list(Lead.objects.filter(stage="unqualified").values_list("pk", flat=True)[:number])
    with clock() as took:
        perform_many(ids, "claim", by=people.reps[0], discovery_at=timezone.now() + timedelta(1))
    with clock() as bare:
        _bare_bulk(ids)
    table(
        [
            ["bare UPDATE + INSERT … SELECT", bare.seconds * 1000, len(ids) / bare.seconds],
            ["perform_many(claim)", took.seconds * 1000, len(ids) / took.seconds],
        ],
        f"{len(ids):,} leads",
        "ms",
        "a second",
    )


def _offered(people, number):
    """Fresh MQLs, handed off to the team."""
    complete = Lead.objects.filter(stage="mql").exclude(phone="").exclude(company=None)
    team, by = people.reps[0].team, people.marketers[0]
    ids = complete.values_list("pk", flat=True)[:number]
    moved = perform_many(ids, "hand_off", by=by, to_team=team, offer_to_team=True).moved
    if len(moved) < number:
        raise SystemExit(f"Only {len(moved)} of {number} leads could be offered.")
    return moved


@transaction.atomic
def _bare_decision(lead_id, user_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage FROM leads_lead WHERE id = %s FOR UPDATE", [lead_id])
        cursor.execute(
            "UPDATE leads_lead SET stage_at = now(), owner_id = %s WHERE id = %s",
            [user_id, lead_id],
        )
        cursor.execute(_HISTORY + " = %s", [lead_id])


@transaction.atomic
def _bare_bulk(ids):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET stage_at = now() WHERE id = ANY(%s)", [ids])
        cursor.execute(_HISTORY + " = ANY(%s)", [ids])


def _rate(milliseconds):
    return 1000 * len(milliseconds) / sum(milliseconds)


_HISTORY = """
    INSERT INTO leads_leadevent (lead_id, name, source, target, happened_at, reason, note, score,
        grade, details, dispatched_at)
    SELECT id, 'bare', stage, stage, now(), '', '', score, grade, '{}', now()
    FROM leads_lead WHERE id
"""
