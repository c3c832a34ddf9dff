-- A market of :leads leads in the usual mix of stages, with all that led there, written set by set.
-- Deterministic but for the clock. `bench.leads` says how many; with `bench.mix` = full, most of them wait in the queues.
-- People and agreement are there.

CREATE FUNCTION pg_temp.r(id bigint, salt int) RETURNS float8 IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (hashint8extended(id, salt) & 2147483647) / 2147483648.0::float8;
CREATE FUNCTION pg_temp.pick(list text, r float8) RETURNS text IMMUTABLE LANGUAGE sql
    RETURN (string_to_array(list, ','))[1 + floor(r * cardinality(string_to_array(list, ',')))::int];

-- 1. The ways that leads take: how common (usual, full), how many days back they began at most, their moves.
CREATE TEMP TABLE way AS
SELECT row_number() OVER () AS way, CASE current_setting('bench.mix') WHEN 'full' THEN queued ELSE share END AS share, days, moves
FROM (VALUES
    (0.460, 0.183, 700, 'captured'),
    (0.010, 0.004, 500, 'captured qualify hand_off bad_data'),
    (0.040, 0.016, 500, 'captured qualify demote'),
    (0.060, 0.335,   5, 'captured qualify'),
    (0.010, 0.065, 200, 'captured qualify hand_off bad_timing wake'),
    (0.030, 0.150,   4, 'captured qualify hand_off'),
    (0.010, 0.050,   4, 'captured qualify offer'),
    (0.022, 0.040,  20, 'captured qualify hand_off accept'),
    (0.008, 0.013,  20, 'captured claim'),
    (0.025, 0.014,  60, 'captured qualify hand_off accept qualify_sales'),
    (0.030, 0.012, 600, 'captured qualify hand_off accept qualify_sales win'),
    (0.010, 0.004, 600, 'captured qualify offer accept qualify_sales win'),
    (0.050, 0.020, 600, 'captured qualify hand_off accept qualify_sales lose'),
    (0.100, 0.040, 400, 'captured qualify recycle'),
    (0.040, 0.016, 400, 'captured qualify hand_off bad_timing'),
    (0.025, 0.010, 400, 'captured qualify hand_off accept recycle'),
    (0.050, 0.020, 700, 'captured disqualify'),
    (0.020, 0.008, 700, 'captured qualify hand_off suspect')
) ways (share, queued, days, moves);

CREATE TEMP TABLE move (word text, name text, target text, who text, opens int, reason text, due interval, hold text);
INSERT INTO move VALUES
    ('captured', 'captured', 'unqualified', 'system', 0, '', NULL, ''),
    ('qualify', 'qualify', 'mql', 'system', 1, '', '24 h', ''),
    ('wake', 'wake', 'mql', 'system', 1, '', '24 h', ''),
    ('hand_off', 'hand_off', 'handed_off', 'marketer', 0, '', '24 h', ''),
    ('offer', 'hand_off', 'handed_off', 'marketer', 0, '', '24 h', ''),
    ('accept', 'accept', 'sal', 'rep', 0, '', '3 d', ''),
    ('claim', 'claim', 'sal', 'rep', 1, '', '3 d', ''),
    ('qualify_sales', 'qualify_sales', 'sql', 'rep', 0, '', '10 d', ''),
    ('win', 'win', 'customer', 'rep', 0, '', NULL, ''),
    ('lose', 'lose', 'lost', 'rep', 0, 'price', NULL, ''),
    ('bad_data', 'reject', 'unqualified', 'rep', 0, 'bad_data', NULL, 'data'),
    ('bad_timing', 'reject', 'nurture', 'rep', 0, 'bad_timing', '90 d', 'date'),
    ('suspect', 'reject', 'disqualified', 'rep', 0, 'suspect', NULL, ''),
    ('recycle', 'recycle', 'nurture', 'keeper', 0, 'low_intent', '90 d', 'date'),
    ('demote', 'demote', 'unqualified', 'system', 0, 'no_path', NULL, 'points'),
    ('disqualify', 'disqualify', 'disqualified', 'marketer', 0, 'suspect', NULL, '');

CREATE TEMP TABLE step AS
SELECT way, n, m.*, lag(target, 1, '') OVER own AS source,
    sum(opens) OVER own AS cycle, count(*) OVER (PARTITION BY way) AS steps
FROM way, unnest(string_to_array(moves, ' ')) WITH ORDINALITY word (word, n) JOIN move m USING (word)
WINDOW own AS (PARTITION BY way ORDER BY n);

-- 2. Companies and campaigns.
INSERT INTO leads_company (id, name, domain, industry, employees, country, city, relationship, created_at)
SELECT id, pg_temp.pick('Halden,Vesta,Norrvik,Brauer,Kolin,Ostrava,Tisza,Lumen,Ferro,Aldin', pg_temp.r(id, 1))
        || ' ' || pg_temp.pick('Metal,Foods,Glass,Energy,Logistics,Paper,Retail,Systems', pg_temp.r(id, 2)) || ' ' || id,
    'company' || id || '.example',
    pg_temp.pick('Manufacturing,Food & beverage,Logistics,Retail,Software,Utilities,Chemicals,Consulting', pg_temp.r(id, 3)),
    (10 * exp(6 * pg_temp.r(id, 4)))::int,
    pg_temp.pick('DE,DE,DE,AT,CH,SE,NO,DK,CZ,PL,BG,NL,FR,GB', pg_temp.r(id, 5)),
    pg_temp.pick('Kassel,Linz,Basel,Uppsala,Bergen,Odense,Brno,Lublin,Plovdiv,Utrecht,Lyon,Leeds', pg_temp.r(id, 6)),
    pg_temp.pick('prospect,prospect,prospect,prospect,prospect,prospect,customer,former,partner,competitor', pg_temp.r(id, 7)),
    now() - interval '800 d'
FROM generate_series(1, current_setting('bench.leads')::int / 4) id;
INSERT INTO leads_campaign (name, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term)
SELECT 'Campaign ' || i, 'search', '', '', 'campaign-' || i, '', '' FROM generate_series(1, 12) i;
INSERT INTO leads_campaigncost (campaign_id, "on", amount, note)
SELECT id, current_date - 30 * i, 100 * id, '' FROM leads_campaign, generate_series(1, 12) i;

-- 3. Who each lead is, which way it takes, and whose it would be in sales.
CREATE TEMP TABLE person AS
WITH shares AS (
    SELECT way, days, sum(share) OVER (ORDER BY way) - share AS low, sum(share) OVER (ORDER BY way) AS high FROM way
), reps AS (
    SELECT array_agg(u.id ORDER BY u.id) AS ids, array_agg(u.team_id ORDER BY u.id) AS teams
    FROM accounts_user u JOIN accounts_team t ON t.id = u.team_id
    WHERE t.side = 'sales' AND EXISTS (SELECT FROM accounts_user_groups g JOIN auth_group a ON a.id = g.group_id
        WHERE g.user_id = u.id AND a.name = 'Sales rep')
), marketers AS (
    SELECT array_agg(u.id ORDER BY u.id) AS ids FROM accounts_user u
    JOIN accounts_user_groups g ON g.user_id = u.id JOIN auth_group a ON a.id = g.group_id WHERE a.name = 'Marketer'
)
SELECT id, way, steps, reps.ids[pg_temp.r(id, 11) * cardinality(reps.ids) + 0.5] AS rep,
    reps.teams[pg_temp.r(id, 11) * cardinality(reps.ids) + 0.5] AS team,
    marketers.ids[pg_temp.r(id, 12) * cardinality(marketers.ids) + 0.5] AS marketer,
    now() - days * interval '1 d' * (0.02 + 0.98 * power(pg_temp.r(id, 13), 1.5)) AS born_at,
    days * interval '1 d' * (0.02 + 0.98 * power(pg_temp.r(id, 13), 1.5)) AS age,
    CASE WHEN pg_temp.r(id, 14) < 0.93 THEN 1 + (pg_temp.r(id, 15) * (current_setting('bench.leads')::int / 4 - 1))::int END AS company,
    CASE WHEN id > 3 THEN round((60 * pg_temp.r(id, 16) ^ (CASE WHEN steps > 1 THEN 0.5 ELSE 1 END))::numeric, 2) ELSE 0 END AS fit,
    CASE WHEN id > 3 THEN round((60 * pg_temp.r(id, 17) ^ (CASE WHEN steps > 1 THEN 0.7 ELSE 3 END))::numeric, 2) ELSE 0 END AS engagement,
    -- Three at the far end of every list by score.
    CASE WHEN id > 3 THEN pg_temp.pick('Organic search,Paid search,Webinar,Trade fair,Referral,Newsletter,Partner,Content download',
        pg_temp.r(id, 18) ^ 1.6) ELSE 'Carrier pigeon' END AS source,
    CASE WHEN pg_temp.r(id, 19) < 0.4 THEN 1 + (pg_temp.r(id, 20) * 11)::int END AS campaign
FROM generate_series(1, current_setting('bench.leads')::bigint) id
JOIN shares ON pg_temp.r(id, 10) >= low AND pg_temp.r(id, 10) < high
JOIN (SELECT DISTINCT way, steps FROM step) s USING (way), reps, marketers;

-- 4. Every move of every lead, numbered in the order of time as the program would have.
CREATE TEMP TABLE moved AS
SELECT row_number() OVER (ORDER BY at, lead, n) AS id, * FROM (
    SELECT p.id AS lead, s.n, s.name, s.word, s.source, s.target, s.cycle, s.opens, s.reason, s.hold, s.n = s.steps AS latest,
        p.born_at + least(p.age * (s.n - 1) / s.steps, (s.n - 1) * interval '4 d') AS at,
        CASE s.who WHEN 'marketer' THEN p.marketer WHEN 'rep' THEN p.rep
            WHEN 'keeper' THEN CASE s.source WHEN 'mql' THEN p.marketer ELSE p.rep END END AS actor,
        CASE WHEN s.word = 'offer' OR s.target NOT IN ('handed_off', 'sal', 'sql', 'customer', 'lost') THEN NULL ELSE p.rep END AS owner,
        CASE WHEN s.target IN ('handed_off', 'sal', 'sql', 'customer', 'lost') THEN p.team END AS team,
        s.due, p.fit, p.engagement, p.source AS lead_source, p.campaign
    FROM person p JOIN step s USING (way)
) steps;
CREATE INDEX ON moved (lead, n);
ANALYZE moved;

CREATE TEMP TABLE graded AS
SELECT p.id, CASE WHEN fit >= m.fit_a THEN 'A' WHEN fit >= m.fit_b THEN 'B' WHEN fit >= m.fit_c THEN 'C' ELSE 'D' END
    || CASE WHEN engagement >= m.engagement_1 THEN '1' WHEN engagement >= m.engagement_2 THEN '2'
        WHEN engagement >= m.engagement_3 THEN '3' ELSE '4' END AS grade, a.id AS agreement, a.version, m.version AS model
FROM person p, handoff_agreement a JOIN scoring_scoringmodel m ON m.id = a.scoring_model_id WHERE a.status = 'in_force';
CREATE INDEX ON graded (id);
ANALYZE graded;

-- 5. The leads as their last moves left them.
INSERT INTO leads_lead (id, stage, stage_at, owner_id, team_id, due_at, hold, hold_at, hold_until,
    email, external_id, first_name, last_name, phone, job_title, city, country, company_id, interest, source, campaign_id,
    consent_basis, do_not_contact, on_target_list, created_at, score, fit, engagement, grade, scored_at, scored_by)
SELECT p.id, m.target, m.at, m.owner, m.team, m.at + m.due, m.hold,
    CASE WHEN m.hold > '' THEN m.at END, CASE WHEN m.hold = 'date' THEN m.at + m.due END,
    'person' || p.id || '@' || coalesce('company' || p.company, 'mail') || '.example', '',
    pg_temp.pick('Anke,Tomáš,Elin,Piotr,Ivana,Jonas,Marta,Lena,Claire,Petr,Sofia,Lukas,Agnes,Marek,Nina,Oskar', pg_temp.r(p.id, 21)),
    pg_temp.pick('Brandt,Novák,Sjöberg,Zieliński,Petrova,Weber,Lindqvist,Fuchs,Dubois,Svoboda,Ivanova,Maier,Kowal,Berg', pg_temp.r(p.id, 22))
        || pg_temp.pick(',,,-Roth,-Krause,-Holm,-Dvořák,ová,son,mann', pg_temp.r(p.id, 23)),
    CASE WHEN pg_temp.r(p.id, 24) < 0.9 THEN '+49 561 ' || (1000000 + p.id) ELSE '' END,
    pg_temp.pick('Energy manager,Plant manager,CFO,Buyer,Head of operations,Student,Engineer,Consultant', pg_temp.r(p.id, 25)),
    coalesce(c.city, 'Kassel'), coalesce(c.country, 'DE'), p.company,
    pg_temp.pick('Metering,Reporting,Load shifting,', pg_temp.r(p.id, 26)), p.source, p.campaign,
    'Legitimate interest', false, pg_temp.r(p.id, 27) < 0.02, p.born_at,
    p.fit + p.engagement, p.fit, p.engagement, g.grade, now(), g.model
FROM person p JOIN moved m ON m.lead = p.id AND m.latest JOIN graded g ON g.id = p.id LEFT JOIN leads_company c ON c.id = p.company;
INSERT INTO leads_leadattributes (lead_id, values) SELECT id, '{}' FROM person;

-- 6. What they did: four activities on average, most of them few.
INSERT INTO leads_activity (lead_id, kind, happened_at, recorded_at, subject, body, properties, actor_class, source, external_id)
SELECT p.id, pg_temp.pick('page_view,page_view,page_view,page_view,email_open,email_click,download,form,webinar', pg_temp.r(p.id * 64 + i, 31)),
    at, at, pg_temp.pick('/pricing,/product,/blog/load-peaks,/customers,/contact,Newsletter,Guide', pg_temp.r(p.id * 64 + i, 32)),
    '', '{}', CASE WHEN pg_temp.r(p.id * 64 + i, 33) < 0.03 THEN 'bot' ELSE 'human' END, 'website', ''
FROM person p, generate_series(1, (16 * pg_temp.r(p.id, 30) ^ 3)::int) i,
    LATERAL (SELECT p.born_at + p.age * pg_temp.r(p.id * 64 + i, 34) AS at) happened;

-- 7. Events, handoffs, deals and cycles.
INSERT INTO leads_leadevent (id, lead_id, name, source, target, actor_id, happened_at, reason, note, score, grade, details, dispatched_at)
SELECT m.id, lead, name, m.source, target, actor, at, reason, '', fit + engagement, g.grade,
    jsonb_strip_nulls(jsonb_build_object('owner', owner, 'team', team, 'due_at', at + due, 'hold', nullif(hold, ''),
        'amount', CASE name WHEN 'win' THEN 4000 END, 'to_user', CASE name WHEN 'hand_off' THEN owner END,
        'agreement', CASE WHEN opens = 1 OR target = 'handed_off' THEN g.version END, 'model', CASE opens WHEN 1 THEN g.model END,
        'lead_source', CASE opens WHEN 1 THEN lead_source END, 'lead_campaign', CASE opens WHEN 1 THEN campaign END,
        'before', jsonb_build_object('stage', m.source, 'stage_at', lag(at) OVER own, 'owner_id', lag(owner) OVER own,
            'team_id', lag(team) OVER own, 'due_at', lag(at + due) OVER own, 'hold', lag(hold) OVER own))), at
FROM moved m JOIN graded g ON g.id = lead WINDOW own AS (PARTITION BY lead ORDER BY n) ORDER BY m.id;

INSERT INTO handoff_handoff (lead_id, agreement_id, event_id, to_user_id, to_team_id, why, kind, warned, state, created_at, due_at, decided_at, decided_event_id)
SELECT lead, g.agreement, o.id, owner, team, 'round robin', 'other', 0, CASE next_name WHEN 'accept' THEN 'accepted' WHEN 'reject' THEN 'rejected' ELSE 'pending' END,
    at, at + due, next_at, next_id
FROM (SELECT *, lead(name) OVER own AS next_name, lead(at) OVER own AS next_at, lead(id) OVER own AS next_id
    FROM moved WINDOW own AS (PARTITION BY lead ORDER BY n)) o JOIN graded g ON g.id = lead
WHERE target = 'handed_off' ORDER BY o.id;

INSERT INTO handoff_opportunity (lead_id, event_id, status, product, need, amount, currency, reason, external_id, created_at, closed_at, closed_event_id)
SELECT o.lead, o.id, CASE m.target WHEN 'sal' THEN 'potential' WHEN 'sql' THEN 'open' WHEN 'customer' THEN 'won' ELSE 'lost' END,
    'Metering', '', CASE m.name WHEN 'win' THEN 4000 END, 'EUR', m.reason, '', o.at,
    CASE WHEN m.target NOT IN ('sal', 'sql') THEN m.at END, CASE WHEN m.target NOT IN ('sal', 'sql') THEN m.id END
FROM moved o JOIN moved m ON m.lead = o.lead AND m.latest WHERE o.target = 'sal' ORDER BY o.id;

INSERT INTO leads_cycle (lead_id, number, origin, source, campaign_id, score, grade, model, agreement, opened_at, handed_off_at, handoffs,
    accepted_at, accepted_by_id, qualified_at, closed_at, outcome, reason, amount)
SELECT lead, cycle, max(CASE name WHEN 'qualify' THEN 'system' WHEN 'wake' THEN 'recycled' WHEN 'claim' THEN 'sales' END),
    max(lead_source), max(campaign), max(fit + engagement), max(g.grade), max(g.model), max(g.version), min(at),
    min(at) FILTER (WHERE target = 'handed_off'), count(*) FILTER (WHERE target = 'handed_off'),
    max(at) FILTER (WHERE target = 'sal'), max(owner) FILTER (WHERE target = 'sal'), max(at) FILTER (WHERE target = 'sql'),
    max(at) FILTER (WHERE closes), coalesce(max(CASE name WHEN 'win' THEN 'won' WHEN 'lose' THEN 'lost' WHEN 'reject' THEN 'rejected'
        WHEN 'recycle' THEN 'recycled' WHEN 'demote' THEN 'demoted' END), 'open'), max(reason), max(CASE name WHEN 'win' THEN 4000 END)
FROM (SELECT *, name IN ('win', 'lose', 'reject', 'recycle', 'demote') AS closes FROM moved) m JOIN graded g ON g.id = lead
WHERE cycle > 0 GROUP BY lead, cycle;

-- 8. As if the program had written it: sequences stand behind the rows, every score is up to date.
SELECT setval(pg_get_serial_sequence(t, 'id'), n) FROM (VALUES
    ('leads_company', (SELECT max(id) FROM leads_company)), ('leads_lead', (SELECT max(id) FROM leads_lead)),
    ('leads_leadevent', (SELECT max(id) FROM leads_leadevent))) made (t, n);
TRUNCATE leads_stalelead;
