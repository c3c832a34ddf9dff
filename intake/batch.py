"""The SQL of one batch: intake_batch holds each person of it as one folded row."""

BATCH = """
    CREATE TEMP TABLE intake_batch ON COMMIT DROP AS
    SELECT s.person,
        (array_agg(s.email ORDER BY s.n) FILTER (WHERE s.email <> ''))[1] AS email,
        array_agg(lower(s.email)) FILTER (WHERE s.email <> '') AS emails,
        (array_agg(s.external_id ORDER BY s.n) FILTER (WHERE s.external_id <> ''))[1]
            AS external_id,
        array_agg(s.external_id) FILTER (WHERE s.external_id <> '') AS external_ids,
        intake_fold(s.fields ORDER BY s.n) AS fields,
        intake_fold(s.attributes ORDER BY s.n) AS attributes,
        CASE WHEN s.person < 0 THEN -s.person END AS lead_id,
        NULL::bigint AS company_id, false AS is_new, false AS changed
    FROM intake_stagedrow s
    WHERE s.job_id = %(job)s AND s.person IN (
        SELECT DISTINCT person FROM intake_stagedrow
        WHERE job_id = %(job)s AND person > %(after)s ORDER BY person LIMIT %(most)s
    )
    GROUP BY s.person
"""
# Leads may have come or gone since the rows were staged.
FIND = """
    UPDATE intake_batch b SET lead_id = NULL
    WHERE NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.id = b.lead_id);
    UPDATE intake_batch b SET lead_id = l.id FROM leads_lead l
    WHERE b.lead_id IS NULL AND l.email <> '' AND lower(l.email) = lower(b.email);
    UPDATE intake_batch b SET lead_id = l.id FROM leads_lead l
    WHERE b.lead_id IS NULL AND l.external_id <> '' AND l.external_id = b.external_id;
    UPDATE intake_batch SET is_new = true WHERE lead_id IS NULL;
"""
LOCK = """
    SELECT l.id FROM leads_lead l JOIN intake_batch b ON b.lead_id = l.id
    ORDER BY l.id FOR UPDATE OF l
"""
UPDATE_ATTRIBUTES = """
    WITH changed AS (
        INSERT INTO leads_leadattributes AS a (lead_id, values)
        SELECT lead_id, intake_fold(attributes ORDER BY person) FROM intake_batch
        WHERE NOT is_new AND attributes <> '{}' GROUP BY lead_id
        ON CONFLICT (lead_id) DO UPDATE SET values = a.values || EXCLUDED.values
        WHERE a.values || EXCLUDED.values <> a.values
        RETURNING lead_id
    ) UPDATE intake_batch b SET changed = true FROM changed c WHERE b.lead_id = c.lead_id
"""
NUMBER = """
    UPDATE intake_batch SET lead_id = nextval(pg_get_serial_sequence('leads_lead', 'id'))
    WHERE person IN (SELECT person FROM intake_batch WHERE is_new ORDER BY person)
"""
NEW_ATTRIBUTES = """
    INSERT INTO leads_leadattributes (lead_id, values)
    SELECT lead_id, attributes FROM intake_batch WHERE is_new
"""
# A person's further rows count as updates where they say something else than the row before.
COUNT = """
    SELECT count(*) FILTER (WHERE i = 1 AND is_new),
        count(*) FILTER (WHERE (i = 1 AND NOT is_new AND changed)
            OR (i > 1 AND (is_new OR changed) AND says IS DISTINCT FROM said)),
        count(*) FILTER (WHERE NOT is_new AND NOT changed
            OR (i > 1 AND (is_new OR changed) AND says IS NOT DISTINCT FROM said))
    FROM (
        SELECT is_new, changed, row_number() OVER one AS i, says, lag(says) OVER one AS said
        FROM (
            SELECT s.person, s.n, b.is_new, b.changed, ROW(
                lower(s.email), s.external_id, s.fields, s.attributes, s.company_domain,
                s.company_name, s.company)::text AS says
            FROM intake_stagedrow s JOIN intake_batch b USING (person) WHERE s.job_id = %(job)s
        ) rows WINDOW one AS (PARTITION BY person ORDER BY n)
    ) counted
"""
