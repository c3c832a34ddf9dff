"""From a changed fact to a stage: take the stale leads, score them, judge them, batch by batch.

Whatever changed a lead (page, import, SQL), a database trigger marked it; so nothing can forget to.
"""

from django.db import connection, transaction
from django.utils import timezone

from handoff import agreements, qualifying
from scoring.scores import rescore

BATCH = 1_000


def judge_stale(now=None):
    """Until no mark is left. Returns the number of leads judged; nothing without an agreement."""
    done = 0
    while agreement := agreements.in_force():
        ids = _judge_some(agreement, now)
        done += len(ids)
        if not ids:
            break
    return done


@transaction.atomic
def _judge_some(agreement, now):
    """One batch; a killed worker leaves its marks, and the next run takes them."""
    agreements.lock_shared()
    ids = _take_marks()
    now = now or timezone.now()  # after the marks: what they tell of was recorded by now
    if ids:
        rescore(ids, agreement.scoring_model, now=now)
        qualifying.judge(ids, now=now)
    return ids


def _take_marks():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
                DELETE FROM leads_stalelead WHERE id IN (
                    SELECT id FROM leads_stalelead ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                ) RETURNING lead_id
            ) SELECT DISTINCT lead_id FROM taken ORDER BY lead_id
            """,
            [BATCH],
        )
        return [pk for (pk,) in cursor.fetchall()]
