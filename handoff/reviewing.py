"""In which view of the review each lead stands: MQLs, and who came near to being one.

One statement places any number of leads by the agreement in force and writes only what differs:
after every move of a lead, in its transaction (LEAD_PIPELINE["*"]); after the system judged it, so
after whatever marked it stale (judging.judge); after an edit on a page (LEAD_PIPELINE["changed"]).
Who places a lead has its row locked, so who comes last has seen the most.

Of an MQL, the first of these decides: a veto holds; data is missing that the agreement wants; it
was woken; no path holds any more, yet the margin, a look at it, or its own version of the agreement
keeps it; else it is ready, as is who never had a path: let in by a manager, drawn as a sample,
or an MQL of another system. An unqualified lead stands here when a path holds against a veto, or
when the margin more points would bring a free one into a qualifying grade.
"""

from datetime import timedelta

from django.db import connection
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from handoff import qualifying, reasons, required, snoozing
from handoff.models import ReviewEntry
from leads.lifecycle import HANDED_OFF, MQL, UNQUALIFIED
from leads.models import Cycle
from leads.querysets import AnyOf

REVIEWED = (MQL, UNQUALIFIED)
_TICK = timedelta(hours=25)  # time alone moves a lead no later than a day after (judging.tick)


def place(agreement, lead_ids, *, now):
    """Put these leads where they belong, and take away who belongs nowhere."""
    ids = list(lead_ids)
    if agreement is None or not ids:
        return
    standing, params = _standing(agreement, Q(AnyOf(F("pk"), ids)), now)
    with connection.cursor() as cursor:
        cursor.execute(_PLACE.format(standing=standing), [*params, ids])


def moved(batch):
    """After every move: who is an MQL now has its entry, and who left the review has none. Of what
    is offered to sales the database takes it away (Handoff's trigger `leaves_review`)."""
    here = [lead.pk for lead in batch.leads if lead.stage in REVIEWED]
    left = [
        lead.pk
        for lead in batch.leads
        if lead.stage not in (*REVIEWED, HANDED_OFF) and batch.events[lead.pk].source in REVIEWED
    ]
    if left:
        ReviewEntry.objects.filter(lead__in=left).delete()
    if here:
        place(reasons.latest_agreement(), here, now=batch.now)
        snoozing.follow(batch)


def edited(lead_ids):
    """After an edit on a page; what its points become is judged in a moment."""
    place(reasons.latest_agreement(), lead_ids, now=timezone.now())


def scored(lead_ids):
    """Scores were written (None: of all leads); which view follows from them is judged after."""
    among = "true" if lead_ids is None else "lead.id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW.format(among=among), [] if lead_ids is None else [list(lead_ids)])


def misplaced(now):
    """Ids of leads that stand wrongly, in order; those not whose mark says that they are due.

    Time alone changes what holds, and is asked once a day: who stands as a day ago stands well.
    """
    agreement = reasons.latest_agreement()
    if agreement is None:
        return []
    wrong = [_differing(agreement, moment) for moment in (now, now - _TICK)]
    return sorted(set.intersection(*wrong))


def _differing(agreement, now):
    standing, params = _standing(agreement, Q(), now)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING.format(standing=standing), params)
        return {pk for (pk,) in cursor.fetchall()}


def _standing(agreement, among, now):
    """(SQL of a table `standing` of id, score, view and veto, its parameters)."""
    mine = Cycle.objects.filter(lead=OuterRef("pk"), outcome="open")
    is_near = Q(lifted__in=qualifying.qualifying_grades(agreement), released=True)
    leads = qualifying.judged(agreement, now=now).filter(among, stage__in=REVIEWED)
    leads = leads.annotate(
        origin=Subquery(mine.values("origin")[:1]),
        lacks=Case(When(stage=MQL, then=required.lacking(agreement)), default=Value(False)),
        lifted=qualifying.lifted_grade(agreement),
        near=Case(When(is_near, then=Value(True)), default=Value(False)),
    )
    judged = leads.values("id", "stage", "score", "path", "veto", "origin", "lacks", "near")
    sql, params = judged.query.sql_with_params()
    return _STANDING.format(judged=sql), params


_STANDING = """
    WITH judged AS MATERIALIZED ({judged}),
    standing AS (
        SELECT id, score, CASE
            WHEN veto <> '' AND (stage = 'mql' OR path <> '') THEN 'vetoed'
            WHEN stage <> 'mql' THEN CASE WHEN near AND path = '' AND veto = '' THEN 'near' END
            WHEN lacks THEN 'missing'
            WHEN origin = 'recycled' THEN 'recycled'
            WHEN path = '' AND coalesce(origin, '') NOT IN
                ('override', 'exploration', 'import') THEN 'fell'
            ELSE 'ready'
        END AS view, left(veto, 80) AS veto FROM judged
    )
"""
_PLACE = """
    {standing},
    placed AS (SELECT * FROM standing WHERE view IS NOT NULL),
    gone AS (
        DELETE FROM handoff_reviewentry
        WHERE lead_id = ANY(%s) AND lead_id NOT IN (SELECT id FROM placed)
    )
    INSERT INTO handoff_reviewentry AS entry (lead_id, view, score, veto)
    SELECT id, p.view, p.score, p.veto
    FROM placed p LEFT JOIN handoff_reviewentry e ON e.lead_id = p.id
    WHERE (e.view, e.score, e.veto) IS DISTINCT FROM (p.view, p.score, p.veto)
    ORDER BY id
    ON CONFLICT (lead_id) DO UPDATE
        SET view = EXCLUDED.view, score = EXCLUDED.score, veto = EXCLUDED.veto
"""
_FOLLOW = """
    UPDATE handoff_reviewentry entry SET score = lead.score FROM leads_lead lead
    WHERE lead.id = entry.lead_id AND entry.score <> lead.score AND {among}
"""
_DIFFERING = """
    {standing}
    SELECT COALESCE(s.id, e.lead_id) FROM (SELECT * FROM standing WHERE view IS NOT NULL) s
    FULL JOIN handoff_reviewentry e ON e.lead_id = s.id
    WHERE (e.view, e.score, e.veto) IS DISTINCT FROM (s.view, s.score, s.veto)
        AND NOT EXISTS (
            SELECT FROM leads_stalelead mark WHERE mark.lead_id = COALESCE(s.id, e.lead_id)
        )
"""
