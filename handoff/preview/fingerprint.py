"""Was a draft edited after its preview was computed? Both have another fingerprint then."""

from django.db import connection


def fingerprint(params):
    """Of all that a preview depends on beside the leads: another one, another result."""
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, [params.get("model"), params.get("agreement")])
        return cursor.fetchone()[0]


# Of an agreement only what previews read; signing it changes nothing here.
_FINGERPRINT = """
    WITH asked AS (SELECT %s::int AS model, %s::int AS agreement),
    agreement AS (
        SELECT a.* FROM handoff_agreement a JOIN asked ON a.version = asked.agreement
    ),
    model AS (
        SELECT m.* FROM scoring_scoringmodel m, asked
        WHERE m.version = asked.model OR m.id = (SELECT scoring_model_id FROM agreement)
    ),
    parts AS (
        SELECT (to_jsonb(m) - 'published_at' - 'name')::text AS said FROM model m
        UNION ALL SELECT r::text FROM scoring_rule r JOIN model m ON r.model_id = m.id
        UNION ALL SELECT g::text FROM scoring_rulegroup g JOIN model m ON g.model_id = m.id
        UNION ALL SELECT (a.id, a.goal_customers, a.goal_from, a.goal_until)::text FROM agreement a
        UNION ALL SELECT c::text FROM handoff_matrixcell c JOIN agreement a ON c.agreement_id = a.id
        UNION ALL SELECT p::text FROM handoff_qualifyingpath p
            JOIN agreement a ON p.agreement_id = a.id
        UNION ALL SELECT v::text FROM handoff_veto v JOIN agreement a ON v.agreement_id = a.id
        UNION ALL SELECT 'in force: ' || id FROM handoff_agreement WHERE status = 'in_force'
    )
    SELECT md5(string_agg(said, '|' ORDER BY said)) FROM parts
"""
