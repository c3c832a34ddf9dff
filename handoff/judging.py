"""From a changed fact to a stage: take the stale leads, tell bots from people, score, judge; batch
by batch.

Whatever changed a lead (page, import, SQL), a database trigger marked it; so nothing can forget to.
"""

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from handoff import (
    agreements,
    automatic,
    exploring,
    presence,
    qualifying,
    returning,
    reviewing,
)
from handoff.models import Judgement, ReviewEntry
from leads import bots
from leads.lifecycle import MQL
from leads.models import Cycle, Lead
from leads.perform import perform_many, sources
from scoring.scores import rescore, wait_for_others

BATCH = 1_000
Origin = Cycle.Origin


def judge_stale(now=None):
    """Until no mark is left. Returns the number of leads judged; nothing without an agreement."""
    presence.end(now or timezone.now())
    done = 0
    while agreement := agreements.in_force():
        ids = _judge_some(agreement, now)
        done += len(ids)
        if not ids:
            break
    return done


def tick():
    """Once a day: time alone cools scores, ends holds and lets hand-raises grow old."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO leads_stalelead (lead_id) SELECT id FROM leads_lead")


def judge(agreement, lead_ids, *, now):
    """Qualify, hand off, re-engage and demote these leads as the agreement in force says."""
    Judgement.objects.create(at=now, leads=lead_ids)
    found = qualifying.judge(agreement, lead_ids, now=now)
    automatic.hand_off(agreement, _qualify(found, now), now=now)
    automatic.hand_off_raised(agreement, found, now=now)
    exploring.explore(agreement, found, now=now)
    returning.reengage(agreement, found, now=now)
    _demote(agreement, found, now)
    reviewing.place(agreement, lead_ids, now=now)


@transaction.atomic
def _judge_some(agreement, now):
    """One batch; a killed worker leaves its marks, and the next run takes them."""
    agreements.lock_shared()
    marks = _take_marks()
    ids = list(marks)
    wait_for_others(ids)
    exploring.take_turn(agreement)
    now = now or timezone.now()  # by now all was recorded that the marks tell of
    if ids:
        bots.classify({pk: since for pk, since in marks.items() if since}, now=now)
        rescore(ids, agreement.scoring_model, now=now)
        judge(agreement, ids, now=now)
    return ids


def _qualify(found, now):
    enter = sources("qualify")
    fit = [one for one in found if one.stage in enter and one.path and not one.veto]
    ids = [one.pk for one in fit if one.released]
    return perform_many(ids, "qualify", by=None, now=now)


def _demote(agreement, found, now):
    """Who qualified under an older version stays in review, unless nobody may contact them now."""
    # Hysteresis: out only when the margin on top would not let it in either.
    kept = qualifying.qualifying_grades(agreement)
    mqls = [one for one in found if one.stage == MQL]
    fallen = [one.pk for one in mqls if not one.path and one.lifted not in kept]
    vetoed = [one.pk for one in mqls if one.veto]
    silent = [one.pk for one in mqls if one.do_not_contact]
    if not (fallen or vetoed or silent):
        return
    mine = Q(cycles__outcome="open", cycles__agreement=agreement.version)
    # Nobody came in by a path who was woken or drawn, or whom a manager let in against it.
    pathless = {Origin.OVERRIDE, Origin.RECYCLED, Origin.EXPLORATION}
    out = Q(pk__in=fallen, cycles__origin__in=set(Origin) - pathless)
    out |= Q(pk__in=vetoed, cycles__origin__in=set(Origin) - {Origin.OVERRIDE})
    watched = Q(Exists(ReviewEntry.objects.filter(lead=OuterRef("pk"), seen_until__gt=now)))
    leaves = Lead.objects.filter((mine & out & ~watched) | Q(pk__in=silent), stage=MQL)
    ids = leaves.values_list("pk", flat=True)
    perform_many(ids, "demote", by=None, now=now, reason="no_path")


def _take_marks():
    """{lead id: when the first of its new activities happened, or None}. The newest first: who
    raises a hand now does not wait for a million who only grow older. With all marks of a lead,
    or it would be judged before its new activities have a class."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH newest AS (
                SELECT lead_id FROM leads_stalelead ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED
            ), theirs AS (
                SELECT id FROM leads_stalelead WHERE lead_id IN (SELECT lead_id FROM newest)
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM leads_stalelead WHERE id IN (SELECT id FROM theirs)
                RETURNING lead_id, acted_since
            ) SELECT lead_id, min(acted_since) FROM taken GROUP BY lead_id ORDER BY lead_id
            """,
            [BATCH],
        )
        return dict(cursor.fetchall())
