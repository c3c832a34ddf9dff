"""The SQL of one batch: intake_batch holds each person of it as one folded row."""

from intake.changelog import INSERT

# The rows of a batch stand side by side in the index by person.
ROWS = "s.job_id = %(job)s AND s.person > %(after)s AND s.person <= %(last)s"
LAST = """
    SELECT max(person) FROM (
        SELECT DISTINCT person FROM intake_stagedrow
        WHERE job_id = %(job)s AND person > %(after)s ORDER BY person LIMIT %(most)s
    ) next
"""
BATCH = f"""
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
        NULL::bigint AS company_id, false AS company_said, false AS is_new, false AS changed
    FROM intake_stagedrow s WHERE {ROWS}
    GROUP BY s.person
"""  # noqa: S608
# Leads may have come, gone or been merged since the rows were staged.
FIND = """
    UPDATE intake_batch b SET lead_id = NULL
    WHERE NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.id = b.lead_id);
    UPDATE intake_batch b SET lead_id = l.merged_into_id FROM leads_lead l
    WHERE l.id = b.lead_id AND l.merged_into_id IS NOT NULL;
    UPDATE intake_batch b SET lead_id = coalesce(l.merged_into_id, l.id) FROM leads_lead l
    WHERE b.lead_id IS NULL AND l.email <> '' AND lower(l.email) = lower(b.email);
"""
FIND_BY_ID = """
    UPDATE intake_batch b SET lead_id = coalesce(l.merged_into_id, l.id) FROM leads_lead l
    WHERE b.lead_id IS NULL AND l.external_id <> '' AND l.external_id = b.external_id
"""
FIND_BY_SYSTEMS_ID = """
    UPDATE intake_batch b SET lead_id = coalesce(l.merged_into_id, l.id)
    FROM leads_externalid x JOIN leads_lead l ON l.id = x.lead_id
    WHERE b.lead_id IS NULL AND x.system = %(system)s AND x.value = b.external_id
"""
# What lead_phone_once holds once.
FIND_BY_PHONE = """
    UPDATE intake_batch b SET lead_id = l.id FROM leads_lead l
    WHERE b.lead_id IS NULL AND b.email IS NULL AND (b.external_id IS NULL OR %(system)s <> '')
        AND l.email = '' AND l.external_id = '' AND l.merged_into_id IS NULL AND l.phone <> ''
        AND leads_phone_key(l.phone) = leads_phone_key(b.fields->>'phone')
        AND lower(l.last_name) = lower(COALESCE(b.fields->>'last_name', ''))
        AND lower(l.first_name) = lower(COALESCE(b.fields->>'first_name', ''));
    UPDATE intake_batch SET is_new = true WHERE lead_id IS NULL
"""
LOCK = """
    SELECT l.id FROM leads_lead l JOIN intake_batch b ON b.lead_id = l.id
    ORDER BY l.id FOR UPDATE OF l
"""
# They were there when the rows were staged.
DROP_UNKNOWN = f"""
    WITH gone AS (DELETE FROM intake_batch WHERE is_new RETURNING person),
    told AS (
        INSERT INTO intake_rejectedrow
            (job_id, line, skipped, reason, "values", email, external_id)
        SELECT s.job_id, s.line, true, %(why)s, jsonb_build_array(s.email), '', ''
        FROM intake_stagedrow s JOIN gone USING (person) WHERE {ROWS} RETURNING 1
    ) SELECT count(*) FROM told
"""  # noqa: S608
# Of each attribute: what the lead has wins over `fill`, what the file says over what it has.
UPDATE_ATTRIBUTES = f"""
    WITH said AS (
        SELECT lead_id, intake_fold(attributes ORDER BY person) - %(never)s::text[] AS values
        FROM intake_batch WHERE NOT is_new AND attributes <> '{{}}' GROUP BY lead_id
    ), merged AS (
        SELECT s.lead_id, COALESCE(a.values, '{{}}') AS old,
            (s.values - %(overwrite)s::text[]) || COALESCE(a.values, '{{}}')
                || (s.values - %(fill)s::text[]) AS new
        FROM said s LEFT JOIN leads_leadattributes a USING (lead_id)
    ), differing AS MATERIALIZED (SELECT * FROM merged WHERE new <> old),
    changed AS (
        INSERT INTO leads_leadattributes AS a (lead_id, values)
        SELECT lead_id, new FROM differing ORDER BY lead_id
        ON CONFLICT (lead_id) DO UPDATE SET values = EXCLUDED.values RETURNING lead_id
    ), logged AS (
        {INSERT}
        SELECT %(job)s, 'attributes', d.lead_id, one.before, one.after, '' FROM differing d
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(key, d.old->key) AS before,
                jsonb_object_agg(key, value) AS after
            FROM jsonb_each(d.new) WHERE d.old->key IS DISTINCT FROM value
        ) one ORDER BY d.lead_id
    ) UPDATE intake_batch b SET changed = true FROM changed c WHERE b.lead_id = c.lead_id
"""  # noqa: S608
NUMBER = """
    UPDATE intake_batch SET lead_id = nextval(pg_get_serial_sequence('leads_lead', 'id'))
    WHERE is_new
"""
NEW_ATTRIBUTES = """
    INSERT INTO leads_leadattributes (lead_id, values)
    SELECT lead_id, attributes FROM intake_batch WHERE is_new
"""
KEEP_IDS = f"""
    WITH named AS (
        SELECT DISTINCT ON (x.value) b.lead_id, x.value
        FROM intake_batch b CROSS JOIN unnest(b.external_ids) x(value) ORDER BY x.value, b.person
    ), made AS (
        INSERT INTO leads_externalid (lead_id, system, value)
        SELECT lead_id, %(system)s, value FROM named
        ON CONFLICT DO NOTHING RETURNING id, lead_id, value
    ), logged AS (
        {INSERT}
        SELECT %(job)s, 'identity', id, NULL, jsonb_build_object(
            'lead_id', m.lead_id, 'system', %(system)s::text, 'value', value), ''
        FROM made m WHERE EXISTS (  -- those of a new lead go with it
            SELECT 1 FROM intake_batch b WHERE b.lead_id = m.lead_id AND NOT b.is_new)
    ) UPDATE intake_batch b SET changed = true FROM made m WHERE b.lead_id = m.lead_id
"""  # noqa: S608
# A person's further rows count as updates where they say something else than the row before.
COUNT = f"""
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
            FROM intake_stagedrow s JOIN intake_batch b USING (person) WHERE {ROWS}
        ) rows WINDOW one AS (PARTITION BY person ORDER BY n)
    ) counted
"""  # noqa: S608
