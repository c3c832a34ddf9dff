"""The companies of a batch: matched by domain, else by name, else created.

What a company lacks is filled in; what is known of it is not overwritten, because the rows of many
leads speak of one company.
"""

from intake import jobs
from intake.inserting import execute, insert
from leads.models import Company

KNOWN = {
    "name": "data->>'name'",
    "domain": "data->>'domain'",
    "industry": "data->>'industry'",
    "employees": "(data->>'employees')::integer",
    "revenue": "(data->>'revenue')::numeric",
    "country": "data->>'country'",
    "city": "data->>'city'",
    "created_at": "%(now)s",
}


def merge(job, now):
    """Give the people of intake_batch their company_id; that of their last row which names one."""
    # Names are not unique, so two imports must not make companies at the same time.
    execute("SELECT pg_advisory_xact_lock(%s, 0)", [jobs.LOCK])
    execute(_COLLECT, {"job": job.pk})
    execute(_BY_DOMAIN)
    execute(_ADOPT)
    insert(Company, KNOWN, _NEW_BY_DOMAIN, now=now)
    execute(_BY_DOMAIN)
    execute(_BY_NAME)
    insert(Company, KNOWN, _NEW_BY_NAME, now=now)
    execute(_BY_NAME)
    execute(_FILL)
    execute(_LINK, {"job": job.pk})


_COLLECT = """
    DROP TABLE IF EXISTS pg_temp.intake_company;
    CREATE TEMP TABLE intake_company ON COMMIT DROP AS
    SELECT s.company_domain AS domain, lower(s.company_name) AS key, min(s.n) AS first_n,
        intake_fold(s.company || jsonb_strip_nulls(jsonb_build_object(
            'name', NULLIF(s.company_name, ''), 'domain', NULLIF(s.company_domain, '')
        )) ORDER BY s.n DESC) AS data,
        NULL::bigint AS company_id
    FROM intake_stagedrow s JOIN intake_batch b USING (person)
    WHERE s.job_id = %(job)s AND (s.company_domain <> '' OR s.company_name <> '')
    GROUP BY 1, 2;
    ANALYZE pg_temp.intake_company
"""
_BY_DOMAIN = """
    UPDATE intake_company c SET company_id = x.id FROM leads_company x
    WHERE c.company_id IS NULL AND c.domain <> '' AND lower(x.domain) = c.domain
"""
# A company known by name only gets its domain.
_ADOPT = """
    UPDATE intake_company c SET company_id = x.id FROM (
        SELECT DISTINCT ON (lower(name)) id, lower(name) AS key FROM leads_company
        WHERE domain = '' AND lower(name) IN (SELECT key FROM intake_company WHERE key <> '')
        ORDER BY lower(name), id
    ) x WHERE c.key = x.key AND c.first_n = (
        SELECT min(first_n) FROM intake_company o
        WHERE o.key = x.key AND o.domain <> '' AND o.company_id IS NULL
    ) AND c.domain <> '' AND c.company_id IS NULL
"""
_NEW_BY_DOMAIN = """(
    SELECT DISTINCT ON (domain) * FROM intake_company
    WHERE company_id IS NULL AND domain <> '' ORDER BY domain, first_n
) c ORDER BY first_n"""
_BY_NAME = """
    UPDATE intake_company c SET company_id = x.id FROM (
        SELECT DISTINCT ON (lower(name)) id, lower(name) AS key FROM leads_company
        WHERE lower(name) IN (SELECT key FROM intake_company WHERE domain = '')
        ORDER BY lower(name), id
    ) x WHERE c.company_id IS NULL AND c.domain = '' AND c.key = x.key
"""
_NEW_BY_NAME = """(
    SELECT DISTINCT ON (key) * FROM intake_company
    WHERE company_id IS NULL AND domain = '' ORDER BY key, first_n
) c ORDER BY first_n"""
_FILL = """
    UPDATE leads_company x SET
        name = COALESCE(NULLIF(x.name, ''), d.data->>'name', ''),
        domain = COALESCE(NULLIF(x.domain, ''), d.data->>'domain', ''),
        industry = COALESCE(NULLIF(x.industry, ''), d.data->>'industry', ''),
        employees = COALESCE(x.employees, (d.data->>'employees')::integer),
        revenue = COALESCE(x.revenue, (d.data->>'revenue')::numeric),
        country = COALESCE(NULLIF(x.country, ''), d.data->>'country', ''),
        city = COALESCE(NULLIF(x.city, ''), d.data->>'city', '')
    FROM (
        SELECT company_id, intake_fold(data ORDER BY first_n DESC) AS data
        FROM intake_company GROUP BY 1
    ) d WHERE x.id = d.company_id AND (
        (x.name = '' AND d.data ? 'name') OR (x.domain = '' AND d.data ? 'domain')
        OR (x.industry = '' AND d.data ? 'industry')
        OR (x.employees IS NULL AND d.data ? 'employees')
        OR (x.revenue IS NULL AND d.data ? 'revenue')
        OR (x.country = '' AND d.data ? 'country') OR (x.city = '' AND d.data ? 'city')
    )
"""
_LINK = """
    UPDATE intake_batch b SET company_id = l.company_id FROM (
        SELECT DISTINCT ON (s.person) s.person, c.company_id
        FROM intake_stagedrow s JOIN intake_company c
            ON c.domain = s.company_domain AND c.key = lower(s.company_name)
        WHERE s.job_id = %(job)s AND s.person IN (SELECT person FROM intake_batch)
            AND (s.company_domain <> '' OR s.company_name <> '')
        ORDER BY s.person, s.n DESC
    ) l WHERE b.person = l.person
"""
