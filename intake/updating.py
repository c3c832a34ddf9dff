"""What a batch writes to leads that are known: by each column's `write`, only where it differs."""

from intake.changelog import INSERT, differing

OVERWRITE, FILL, NEVER = "overwrite", "fill", "never"


def leads(job):
    """One UPDATE of the mapped columns, and the log of what it changed."""
    new = {"email": _key(job, "email", "lower({})"), "company_id": _company(job)}
    if not job.system:
        new["external_id"] = _key(job, "external_id", "{}")
    written = ways(job, "lead.")
    new |= {
        name: _written(written[name], name, value)
        for name, value in facts(job, "b.fields->>'{}'").items()
    }
    columns = ", ".join(f"l.{name} AS o_{name}, {value} AS n_{name}" for name, value in new.items())
    differs = " OR ".join(f"o_{name} IS DISTINCT FROM n_{name}" for name in new)
    sets = ", ".join(f"{name} = d.n_{name}" for name in new)
    before, after = differing(new, "o_{}", "n_{}")
    return f"""
        WITH folded AS (
            SELECT DISTINCT ON (lead_id) * FROM intake_batch WHERE NOT is_new
            ORDER BY lead_id, person DESC
        ), said AS (
            SELECT l.id, {columns} FROM folded b JOIN leads_lead l ON l.id = b.lead_id
        ), differing AS MATERIALIZED (SELECT * FROM said WHERE {differs}),
        changed AS (
            UPDATE leads_lead l SET {sets} FROM differing d WHERE l.id = d.id RETURNING l.id
        ), logged AS (
            {INSERT} SELECT %(job)s, 'lead', id, {before}, {after}, '' FROM differing ORDER BY id
        ) UPDATE intake_batch b SET changed = true FROM changed c WHERE b.lead_id = c.id
    """  # noqa: S608


def attributes(job):
    """{way of writing: the codes of the attributes that are written in it}"""
    written = ways(job, "attr.")
    return {
        way: [code for code, one in written.items() if one == way]
        for way in (OVERWRITE, FILL, NEVER)
    }


def ways(job, owner):
    """{name of a target of this owner, "lead." or "attr.": how it is written}"""
    found = {
        entry["to"].removeprefix(owner): entry.get("write") or OVERWRITE
        for entry in job.mapping["columns"].values()
        if entry["to"].startswith(owner)
    }
    if "name" in found and owner == "lead.":
        whole = found.pop("name")
        found |= {"first_name": whole, "last_name": whole}
    return found


def facts(job, sql):
    """{column of Lead: `sql` with its name} for those that the mapping fills, without the keys."""
    names = sorted(ways(job, "lead.").keys() - {"email", "external_id"})
    found = {name: sql.format(name) for name in names}
    if "do_not_contact" in found:
        found["do_not_contact"] = f"({found['do_not_contact']})::boolean"
    return found


def _written(way, name, value):
    if way == NEVER:
        return f"l.{name}"
    if name == "do_not_contact":  # whoever asked for silence keeps it
        return f"l.do_not_contact OR COALESCE({value}, false)"
    if way == FILL:
        return f"COALESCE(NULLIF(l.{name}, ''), {value}, '')"
    return f"COALESCE({value}, l.{name})"


def _key(job, column, fold):
    """It stays when the file names it; when a row that was rejected does; and when a race has given
    the new one to another lead since the rows were staged."""
    way = ways(job, "lead.").get(column, OVERWRITE)
    if way == NEVER:
        return f"l.{column}"
    old, new, other = (fold.format(f"{row}.{column}") for row in "lbo")
    fill = f"l.{column} <> '' OR" if way == FILL else ""
    return f"""CASE WHEN {fill} b.{column} IS NULL OR {old} = ANY(b.{column}s)
        OR EXISTS (
            SELECT 1 FROM leads_lead o
            WHERE {other} = {new} AND o.{column} <> '' AND o.id <> l.id)
        OR (l.{column} <> '' AND EXISTS (
            SELECT 1 FROM intake_rejectedrow r WHERE r.job_id = {job.pk:d} AND r.{column} = {old}))
        THEN l.{column} ELSE b.{column} END"""  # noqa: S608


def _company(job):
    """What the file says wins, as the columns that name the company are written; the domain of an
    email address only tells where a lead without a company belongs."""
    written = ways(job, "company.")
    way = written.get("domain", written.get("name", OVERWRITE))
    if way == NEVER:
        return "l.company_id"
    if way == FILL:
        return "COALESCE(l.company_id, b.company_id)"
    return """CASE WHEN b.company_said THEN COALESCE(b.company_id, l.company_id)
        ELSE COALESCE(l.company_id, b.company_id) END"""
