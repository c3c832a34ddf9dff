"""The companies of a batch: by the domain that was given, else that of the email address when it
can be a company's, else by name. One that is named and not there is created.

What a company lacks is filled in; what is known of it is not overwritten, because the rows of many
leads speak of one company. leads/belonging.py is the same for leads that come one by one.
"""

from intake import changelog
from intake.batch import ROWS
from intake.changelog import INSERT, differing
from intake.inserting import execute, insert
from leads.belonging import LOCK
from leads.models import Company

KNOWN = {
    "name": "data->>'name'",
    "domain": "NULLIF(domain, '')",
    "industry": "data->>'industry'",
    "employees": "(data->>'employees')::integer",
    "revenue": "(data->>'revenue')::numeric",
    "country": "data->>'country'",
    "city": "data->>'city'",
    "created_at": "%(now)s",
}
TEXTS = ["name", "domain", "industry", "country", "city"]
NUMBERS = {"employees": "integer", "revenue": "numeric"}


def merge(job, now, rows):
    """Give the people of intake_batch their company_id; that of their last row which names one.

    `rows`: the parameters of batch.ROWS.
    """
    execute(_SPOKEN, rows)
    execute(_COLLECT)
    _find(job)
    if execute("SELECT 1 FROM intake_company WHERE said AND company_id IS NULL LIMIT 1"):
        # Names are not unique, so two imports must not make companies at the same time.
        execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        _find(job)
        _create(job, _NEW_BY_DOMAIN, now)
        execute(_BY_DOMAIN)
        execute(_BY_NAME)
        _create(job, _NEW_BY_NAME, now)
        execute(_BY_NAME)
    _fill(job, _SAID)
    execute(_LINK)


def made(job):
    """The domains of the companies that this transaction has made."""
    return {domain for (domain,) in execute(_MADE, {"job": job.pk})}


def email_domains(rows):
    """Those of the people of a batch; `rows` as in merge."""
    return {domain for (domain,) in execute(_EMAIL_DOMAINS, rows)}


def make_again(domains, now):
    """Companies of these domains where there is none: of earlier batches of a dry run."""
    if not domains:
        return
    new = {"domain": "domain", "created_at": "%(now)s"}
    insert(Company, new, _MISSING, domains=sorted(domains), now=now)


def _find(job):
    execute(_BY_DOMAIN)
    execute(_ADOPT)
    _fill(job, _ADOPTED)  # its domain: the next of this name may have another one
    execute(_BY_NAME)


def _create(job, source, now):
    made = insert(Company, KNOWN, source, returning="id", now=now)
    changelog.created(job, "company", [pk for (pk,) in made])


def _fill(job, said):
    new = {name: f"COALESCE(NULLIF(x.{name}, ''), d.data->>'{name}', '')" for name in TEXTS}
    for name, kind in NUMBERS.items():
        new[name] = f"COALESCE(x.{name}, (d.data->>'{name}')::{kind})"
    columns = ", ".join(f"x.{name} AS o_{name}, {value} AS n_{name}" for name, value in new.items())
    before, after = differing(new, "o_{}", "n_{}")
    sets = ", ".join(f"{name} = d.n_{name}" for name in new)
    differs = " OR ".join(f"o_{name} IS DISTINCT FROM n_{name}" for name in new)
    execute(
        f"""
        WITH d AS ({said}),
        locked AS (
            SELECT x.id, {columns} FROM leads_company x JOIN d ON x.id = d.company_id
            ORDER BY x.id FOR UPDATE OF x
        ), differing AS MATERIALIZED (SELECT * FROM locked WHERE {differs}),
        filled AS (UPDATE leads_company x SET {sets} FROM differing d WHERE x.id = d.id)
        {INSERT} SELECT %(job)s, 'company', id, {before}, {after}, '' FROM differing ORDER BY id
        """,  # noqa: S608
        {"job": job.pk},
    )


_MADE = """
    SELECT DISTINCT lower(after->>'domain') FROM intake_importchange
    WHERE job_id = %(job)s AND subject = 'company' AND after ? 'domain'
"""
_EMAIL_DOMAINS = f"SELECT DISTINCT s.email_domain FROM intake_stagedrow s WHERE {ROWS}"  # noqa: S608
_MISSING = """
    (SELECT domain FROM unnest(%(domains)s::text[]) domain
        EXCEPT SELECT lower(domain) FROM leads_company WHERE lower(domain) = ANY(%(domains)s)) c
"""
# What the rows of the batch say of companies, and that by company.
_SPOKEN = f"""
    DROP TABLE IF EXISTS pg_temp.intake_spoken;
    CREATE TEMP TABLE intake_spoken ON COMMIT DROP AS
    SELECT s.person, s.n, COALESCE(NULLIF(s.company_domain, ''), s.email_domain) AS domain,
        lower(s.company_name) AS key, s.company_domain <> '' OR s.company_name <> '' AS said,
        s.company || jsonb_strip_nulls(jsonb_build_object(
            'name', NULLIF(s.company_name, ''), 'domain', NULLIF(s.company_domain, '')
        )) AS data
    FROM intake_stagedrow s JOIN intake_batch b USING (person)
    WHERE {ROWS} AND (s.company_domain <> '' OR s.email_domain <> '' OR s.company_name <> '')
"""  # noqa: S608
_COLLECT = """
    ANALYZE pg_temp.intake_spoken;
    DROP TABLE IF EXISTS pg_temp.intake_company;
    CREATE TEMP TABLE intake_company ON COMMIT DROP AS
    SELECT domain, key, min(n) AS first_n, bool_or(said) AS said,
        intake_fold(data ORDER BY n DESC) AS data, NULL::bigint AS company_id
    FROM intake_spoken GROUP BY 1, 2;
    ANALYZE pg_temp.intake_company
"""
_BY_DOMAIN = """
    UPDATE intake_company c SET company_id = x.id FROM leads_company x
    WHERE c.company_id IS NULL AND c.domain <> '' AND lower(x.domain) = c.domain
"""
# A company known by name only gets the domain that the first row gives it.
_ADOPT = """
    UPDATE intake_company c SET company_id = x.id FROM (
        SELECT DISTINCT ON (lower(name)) id, lower(name) AS key, domain FROM leads_company
        WHERE lower(name) IN (SELECT key FROM intake_company WHERE key <> '')
        ORDER BY lower(name), id
    ) x WHERE c.key = x.key AND x.domain = '' AND c.company_id IS NULL AND c.first_n = (
        SELECT min(first_n) FROM intake_company o
        WHERE o.key = x.key AND o.data ? 'domain' AND o.company_id IS NULL
    ) AND c.data ? 'domain'
"""
_BY_NAME = """
    UPDATE intake_company c SET company_id = x.id FROM (
        SELECT DISTINCT ON (lower(name)) id, lower(name) AS key, lower(domain) AS domain
        FROM leads_company
        WHERE lower(name) IN (SELECT key FROM intake_company WHERE key <> '' AND company_id IS NULL)
        ORDER BY lower(name), id
    ) x WHERE c.company_id IS NULL AND c.key = x.key
        AND (c.domain = '' OR x.domain = c.domain OR (x.domain = '' AND NOT c.data ? 'domain'))
"""
_NEW_BY_DOMAIN = """(
    SELECT DISTINCT ON (domain) * FROM intake_company
    WHERE company_id IS NULL AND said AND domain <> '' ORDER BY domain, first_n
) c ORDER BY first_n"""
_NEW_BY_NAME = """(
    SELECT DISTINCT ON (key) * FROM intake_company
    WHERE company_id IS NULL AND said AND domain = '' ORDER BY key, first_n
) c ORDER BY first_n"""
_ADOPTED = """
    SELECT company_id, jsonb_build_object('domain', domain) AS data FROM intake_company c
    WHERE data ? 'domain' AND company_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM intake_company o
            WHERE o.company_id = c.company_id AND o.first_n < c.first_n AND o.data ? 'domain')
"""
_SAID = """
    SELECT company_id, intake_fold(data ORDER BY first_n DESC) AS data
    FROM intake_company WHERE said AND company_id IS NOT NULL GROUP BY 1
"""
_LINK = """
    UPDATE intake_batch b SET company_id = l.company_id, company_said = l.said FROM (
        SELECT DISTINCT ON (s.person) s.person, c.company_id, s.said
        FROM intake_spoken s JOIN intake_company c USING (domain, key)
        WHERE c.company_id IS NOT NULL
        ORDER BY s.person, s.said DESC, CASE WHEN s.said THEN -s.n ELSE s.n END
    ) l WHERE b.person = l.person
"""
