"""The companies of a batch: matched by domain, else by name, else created.

What a company lacks is filled in; what is known of it is not overwritten, because the rows of many
leads speak of one company.
"""

from django.db import connection

from leads.models import Company

FACTS = ("name", "domain", "industry", "employees", "revenue", "country", "city")


def merge(job, now):
    """Give the people of intake_batch their company_id; that of their last row which names one."""
    params = {"job": job.pk}
    _execute(_COLLECT, params)
    for step in (_BY_DOMAIN, _ADOPT, _insert(now, "domain"), _BY_DOMAIN):
        _execute(*(step if isinstance(step, tuple) else (step,)))
    for step in (_BY_NAME, _insert(now, "key"), _BY_NAME):
        _execute(*(step if isinstance(step, tuple) else (step,)))
    _execute(_FILL)
    _execute(_LINK, params)


def _insert(now, one_per):
    """INSERT of the companies still missing, one for each domain, or name where there is none."""
    known = {"created_at": "%s", **{name: f"data->>'{name}'" for name in FACTS}}
    columns, values, params = [], [], []
    for one in Company._meta.concrete_fields:
        if one.generated or one.primary_key:
            continue
        columns.append(one.column)
        default = one.get_db_prep_save(one.get_default(), connection)
        if one.column == "created_at":
            values.append("%s")
            params.append(now)
        elif one.column in known:
            cast = "" if isinstance(default, str) else f"::{one.db_type(connection).split('(')[0]}"
            values.append(f"COALESCE(({known[one.column]}){cast}, %s)")
            params.append(default)
        else:
            values.append("%s")
            params.append(default)
    having = "domain <> ''" if one_per == "domain" else "domain = ''"
    sql = (
        f"INSERT INTO leads_company ({', '.join(columns)}) SELECT {', '.join(values)} FROM ("
        f"SELECT DISTINCT ON ({one_per}) * FROM intake_company"
        f" WHERE company_id IS NULL AND {having} ORDER BY {one_per}, first_n) c ORDER BY first_n"
    )
    return sql, params


def _execute(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


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
_BY_NAME = """
    UPDATE intake_company c SET company_id = x.id FROM (
        SELECT DISTINCT ON (lower(name)) id, lower(name) AS key FROM leads_company
        WHERE lower(name) IN (SELECT key FROM intake_company WHERE domain = '')
        ORDER BY lower(name), id
    ) x WHERE c.company_id IS NULL AND c.domain = '' AND c.key = x.key
"""
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
