"""Which company a lead belongs to: by the domain that was given, else by name, else by the domain
of the email address when that can be a company's. One that is named and not there is created."""

from django.db import connection
from django.db.models.functions import Lower

from leads import bulk
from leads.free_mail import company_domain
from leads.models import Company

LOCK = (0x1EAD, 0)  # whoever creates companies: names are not unique


def give_companies(placed, now):
    """`placed`: (lead, {column of Company: value}, email). Sets company_id and fills what a company
    lacks. Returns the leads which belong to another company than before."""
    asked = [(lead, *_keys(said, email), said) for lead, said, email in placed]
    known = _known(asked)
    wanted = [
        said for _lead, domain, name, said in asked if said and _of(known, domain, name) is None
    ]
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        known = _known(asked)
        _create(asked, known, now)
    moved = []
    for lead, domain, name, said in asked:
        company = _of(known, domain, name)
        if company is None or (lead.company_id and not said):
            continue
        _fill(company, said)
        if lead.company_id != company.pk:
            lead.company_id = company.pk
            moved.append(lead)
    return moved


def _keys(said, email):
    domain = said.get("domain", "").lower()
    return domain or company_domain(email), said.get("name", "").strip()


def _known(asked):
    """{("domain", …) or ("name", …): Company}; the oldest of a name."""
    domains = {domain for _lead, domain, _name, _said in asked if domain}
    names = {name.lower() for _lead, _domain, name, _said in asked if name}
    rows = Company.objects.annotate(low_domain=Lower("domain"), low_name=Lower("name"))
    found = {("domain", one.low_domain): one for one in rows.filter(low_domain__in=domains)}
    for one in rows.filter(low_name__in=names).order_by("-pk"):
        found["name", one.low_name] = found.get(("domain", one.low_domain), one)
    return found


def _of(known, domain, name):
    by_domain = known.get(("domain", domain)) if domain else None
    by_name = known.get(("name", name.lower())) if name else None
    if by_domain or by_name is None:
        return by_domain
    # Another domain than its own: another company of the same name.
    return by_name if not domain or by_name.domain.lower() in ("", domain) else None


def _create(asked, known, now):
    new = []
    for _lead, domain, name, said in asked:
        if said and _of(known, domain, name) is None:
            company = Company(created_at=now, **said | {"domain": domain, "name": name})
            new.append(company)
            if domain:
                known["domain", domain] = company
            if name:
                known.setdefault(("name", name.lower()), company)
    bulk.insert(new)


def _fill(company, said):
    blank = {n: v for n, v in said.items() if v not in ("", None) and not getattr(company, n)}
    if blank:
        for name, value in blank.items():
            setattr(company, name, value)
        company.save(update_fields=list(blank))
