-- Beside market.sql: a custom attribute, more activities, and facts that changed during the last year.

INSERT INTO leads_attribute (code, label, kind, known_since)
VALUES ('sites', 'Sites', 'number', 'capture');
UPDATE leads_leadattributes SET values = jsonb_build_object('sites', 1 + lead_id % 40);

-- 1. Until there are as many as asked for; like those of the market, most leads do little.
INSERT INTO leads_activity (lead_id, kind, happened_at, recorded_at, subject, body, properties, actor_class, source, external_id)
SELECT l.id, (ARRAY['page_view','page_view','page_view','page_view','email_open','email_click','download','form','webinar','event','email_reply','demo_request'])[
        1 + floor(12 * r.b ^ (CASE WHEN i % 40 = 0 THEN 1 ELSE 1.5 END))],
    at, at + r.c ^ 8 * interval '3 d', (ARRAY['/pricing','/product','/blog/load-peaks','/customers','/contact','Newsletter','Guide'])[1 + floor(7 * r.d)],
    '', '{}', CASE WHEN r.c < 0.03 THEN 'bot' ELSE 'human' END, 'website', ''
FROM leads_lead l,
    LATERAL (SELECT (current_setting('bench.activities')::float8 - (SELECT count(*) FROM leads_activity)) / (SELECT count(*) FROM leads_lead) AS each) wanted,
    generate_series(1, round(4 * wanted.each * pg_temp.r(l.id, 30) ^ 3)::int) i,
    LATERAL (SELECT pg_temp.r(l.id * 512 + i, 41) AS a, pg_temp.r(l.id * 512 + i, 42) AS b, pg_temp.r(l.id * 512 + i, 43) AS c, pg_temp.r(l.id * 512 + i, 44) AS d) r,
    LATERAL (SELECT l.created_at + (now() - l.created_at) * r.a AS at) happened;

-- 2. Titles, companies' sizes, attributes and the class of activities changed, week by week.
DO $$
BEGIN
    FOR week IN REVERSE 50..1 LOOP
        PERFORM set_config('leadops.now', (now() - week * interval '1 week')::text, true);
        UPDATE leads_lead SET job_title = 'Head of ' || lower(job_title) WHERE id % 500 = week;
        UPDATE leads_company SET employees = employees * 2 WHERE id % 500 = week;
        UPDATE leads_leadattributes SET values = values || '{"sites": 12}' WHERE lead_id % 500 = week + 100;
        UPDATE leads_activity SET actor_class = 'suspected' WHERE id % 10000 = week AND actor_class = 'human';
    END LOOP;
END $$;
TRUNCATE leads_stalelead;
