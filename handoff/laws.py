"""The laws of the domain as questions to the database: each finds the leads that break it.

Constraints, triggers and the one door should make every answer empty; checking.py asks anyway.
"""

# (law, what is wrong, SQL that returns the ids of the leads)
LAWS = [
    (1, "the last event does not lead to the stage", """
        SELECT l.id FROM leads_lead l LEFT JOIN LATERAL (
            SELECT target FROM leads_leadevent e WHERE e.lead_id = l.id AND target <> ''
            ORDER BY e.id DESC LIMIT 1
        ) last ON true WHERE last.target IS DISTINCT FROM l.stage"""),
    (1, "an event does not start where the one before ended", """
        SELECT DISTINCT lead_id FROM (
            SELECT lead_id, source, lag(target) OVER (PARTITION BY lead_id ORDER BY id) AS before
            FROM leads_leadevent WHERE target <> ''
        ) chain WHERE before IS NOT NULL AND source <> before"""),
    (2, "handed off without exactly one pending handoff, or pending without", """
        SELECT l.id FROM leads_lead l LEFT JOIN handoff_handoff h
            ON h.lead_id = l.id AND h.state = 'pending'
        GROUP BY l.id, l.stage HAVING count(h.id) <> (l.stage = 'handed_off')::int"""),
    (2, "the pending handoff names somebody else than the lead, or another date", """
        SELECT l.id FROM leads_lead l JOIN handoff_handoff h ON h.lead_id = l.id
        WHERE h.state = 'pending' AND (h.to_user_id IS DISTINCT FROM l.owner_id
            OR (h.to_user_id IS NULL AND h.to_team_id IS DISTINCT FROM l.team_id)
            OR h.due_at <> l.due_at)"""),
    (3, "handed off without an agreement that two people signed", """
        SELECT h.lead_id FROM handoff_handoff h JOIN leads_leadevent e ON e.id = h.event_id
        WHERE coalesce(e.details->>'origin', '') <> 'import' AND (
            SELECT count(DISTINCT s.user_id) FROM handoff_signature s
            WHERE s.agreement_id = h.agreement_id) < 2"""),
    (4, "a move without its reason", """
        SELECT lead_id FROM leads_leadevent WHERE reason = '' AND name IN
            ('reject', 'recycle', 'demote', 'disqualify', 'reopen', 'lose')"""),
    (5, "no owner or no date for its queue", """
        SELECT id FROM leads_lead WHERE (stage IN ('sal', 'sql') AND owner_id IS NULL)
            OR (stage = 'handed_off' AND owner_id IS NULL AND team_id IS NULL)
            OR (stage IN ('mql', 'handed_off', 'sal', 'sql', 'nurture') AND due_at IS NULL)
            OR (stage IN ('unqualified', 'mql', 'nurture', 'disqualified')
                AND (owner_id IS NOT NULL OR team_id IS NOT NULL))"""),
    (5, "SAL or SQL without a going opportunity, or a going one elsewhere", """
        SELECT l.id FROM leads_lead l LEFT JOIN handoff_opportunity o
            ON o.lead_id = l.id AND o.status IN ('potential', 'open')
        GROUP BY l.id, l.stage
        HAVING count(o.id) <> (l.stage IN ('sal', 'sql'))::int"""),
    (6, "an open cycle and a stage that do not belong together", """
        SELECT l.id FROM leads_lead l LEFT JOIN leads_cycle c
            ON c.lead_id = l.id AND c.outcome = 'open'
        GROUP BY l.id, l.stage
        HAVING count(c.id) <> (l.stage IN ('mql', 'handed_off', 'sal', 'sql'))::int"""),
    (3, "a pending handoff made under a version that was not in force then", """
        SELECT h.lead_id FROM handoff_handoff h JOIN handoff_agreement a ON a.id = h.agreement_id
        WHERE h.state = 'pending' AND (a.in_force_from IS NULL OR a.in_force_from > h.created_at
            OR a.superseded_at < h.created_at)"""),
    (7, "no attributes row from birth on", """
        SELECT l.id FROM leads_lead l LEFT JOIN leads_leadattributes a ON a.lead_id = l.id
        WHERE a.lead_id IS NULL"""),
    (7, "the last recorded value of an attribute is not the present one", """
        SELECT a.lead_id FROM leads_leadattributes a JOIN LATERAL (
            SELECT DISTINCT ON (field) field, new FROM leads_fieldchange
            WHERE subject = 'attr' AND subject_id = a.lead_id ORDER BY field, id DESC
        ) c ON true
        WHERE nullif(c.new, 'null') IS DISTINCT FROM nullif(a.values->c.field, 'null')"""),
]  # fmt: skip
