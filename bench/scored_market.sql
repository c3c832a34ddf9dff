-- Leads to score: `bench.leads` of them with five activities on average, most of them few; companies
-- and custom attributes. Deterministic but for the clock.

CREATE FUNCTION pg_temp.r(id bigint, salt int) RETURNS float8 IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (hashint8extended(id, salt) & 2147483647) / 2147483648.0::float8;
CREATE FUNCTION pg_temp.pick(list text, r float8) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (string_to_array(list, ','))[1 + floor(r * cardinality(string_to_array(list, ',')))::int];

-- What is written here need not be marked or recorded.
SET LOCAL session_replication_role = replica;

INSERT INTO leads_attribute (code, label, kind, known_since) VALUES
    ('plan', 'Plan', 'text', 'capture'), ('region', 'Region', 'text', 'capture'), ('sites', 'Sites', 'number', 'capture'),
    ('seats', 'Seats', 'number', 'capture'), ('own_team', 'Own team', 'boolean', 'capture'), ('renews', 'Renews', 'date', 'capture');

INSERT INTO leads_company (id, name, domain, industry, employees, country, city, relationship, created_at)
SELECT id, 'Company ' || id, 'company' || id || '.example',
    pg_temp.pick('Manufacturing,Food,Logistics,Retail,Software,Utilities,Chemicals,Consulting', pg_temp.r(id, 3)),
    (10 * exp(6 * pg_temp.r(id, 4)))::int, pg_temp.pick('DE,DE,DE,AT,CH,SE,NO,DK,CZ,PL,BG,NL', pg_temp.r(id, 5)), '', 'prospect',
    now() - interval '800 d'
FROM generate_series(1, current_setting('bench.leads')::int / 4) id;

INSERT INTO leads_lead (id, stage, stage_at, hold, email, external_id, first_name, last_name, phone, job_title, city, country,
    company_id, interest, source, consent_basis, do_not_contact, on_target_list, created_at, score, fit, engagement, grade)
SELECT id, 'unqualified', now() - interval '400 d', '', 'person' || id || '@mail.example', '', 'Anke', 'Brandt', '',
    pg_temp.pick('Energy manager,Plant manager,CFO,Buyer,Head of operations,Student,Engineer,', pg_temp.r(id, 25)), '',
    pg_temp.pick('DE,AT,CH,SE,NO,DK,CZ,PL', pg_temp.r(id, 24)), 1 + (pg_temp.r(id, 15) * (current_setting('bench.leads')::int / 4 - 1))::int,
    '', pg_temp.pick('Organic search,Paid search,Webinar,Trade fair,Referral,Newsletter', pg_temp.r(id, 18)), '', false, false,
    now() - interval '400 d', 0, 0, 0, ''
FROM generate_series(1, current_setting('bench.leads')::bigint) id;

INSERT INTO leads_leadattributes (lead_id, values)
SELECT id, jsonb_build_object('plan', pg_temp.pick('basic,plus,pro', pg_temp.r(id, 41)), 'region', pg_temp.pick('north,south,east,west', pg_temp.r(id, 42)),
    'sites', 1 + (9 * pg_temp.r(id, 43))::int, 'own_team', pg_temp.r(id, 44) < 0.5, 'seats', (500 * pg_temp.r(id, 45))::int,
    'renews', to_char(date '2026-01-01' + (700 * pg_temp.r(id, 46))::int, 'YYYY-MM-DD'))
FROM generate_series(1, current_setting('bench.leads')::bigint) id;

INSERT INTO leads_activity (lead_id, kind, happened_at, recorded_at, subject, body, properties, actor_class, source, external_id)
SELECT id, pg_temp.pick('page_view,page_view,page_view,page_view,email_open,email_open,email_click,download,form,webinar,event,demo_request', pg_temp.r(id * 64 + i, 31)),
    at, at, pg_temp.pick('/pricing,/product,/blog/load-peaks,/customers,/contact,Newsletter,Guide', pg_temp.r(id * 64 + i, 32)),
    '', '{}', CASE WHEN pg_temp.r(id * 64 + i, 33) < 0.03 THEN 'bot' ELSE 'human' END, 'website', ''
FROM generate_series(1, current_setting('bench.leads')::bigint) id, generate_series(1, (20 * pg_temp.r(id, 30) ^ 3)::int) i,
    LATERAL (SELECT now() - interval '365 d' * pg_temp.r(id * 64 + i, 34) AS at) happened;

SELECT setval(pg_get_serial_sequence(t, 'id'), n) FROM (VALUES
    ('leads_company', (SELECT max(id) FROM leads_company)), ('leads_lead', (SELECT max(id) FROM leads_lead))) made (t, n);
