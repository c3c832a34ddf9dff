"""What was typed into a capture form, read as its targets want it: a person who arrives."""

from contextlib import suppress

from intake import values
from intake.models import ConsentText
from leads.arriving import Person
from leads.models import Attribute, Company, Lead

# target: (its usual name, what browsers fill in)
ASKED = {
    "lead.email": ("Email", "email"),
    "lead.first_name": ("First name", "given-name"),
    "lead.last_name": ("Last name", "family-name"),
    "lead.phone": ("Phone", "tel"),
    "lead.job_title": ("Job title", "organization-title"),
    "lead.city": ("City", "address-level2"),
    "lead.country": ("Country", "country"),
    "lead.interest": ("Interest", ""),
    "company.name": ("Company", "organization"),
    "company.domain": ("Website", "url"),
    "company.industry": ("Industry", ""),
    "company.employees": ("Employees", ""),
    "message": ("Message", ""),
}
KEYS = ("lead.email", "lead.phone")  # a person is known by one of them
MESSAGE, VALUE = 5_000, 500  # characters
EMPLOYEES_MOST = 2**31 - 1


def reader(target, kind="text"):
    """The function that makes a typed value of a text, or raises values.Wrong. `kind`: of a custom
    attribute."""
    if target.startswith("attr."):
        return {"number": values.number, "boolean": values.boolean, "date": values.day}.get(
            kind, str
        )
    return {
        "lead.email": values.email,
        "lead.phone": values.phone,
        "company.domain": values.domain,
        "company.employees": _whole,
    }.get(target, str)


def most(target):
    """How many characters fit."""
    owner, _, name = target.partition(".")
    model = {"lead": Lead, "company": Company}.get(owner)
    if model is None:
        return MESSAGE if target == "message" else VALUE
    return getattr(model._meta.get_field(name), "max_length", None) or VALUE


def person(payload):
    """The Person of {target: text}. What can no longer be read is left out."""
    codes = [target.removeprefix("attr.") for target in payload if target.startswith("attr.")]
    kinds = dict(Attribute.objects.filter(code__in=codes).values_list("code", "kind"))
    said: dict[str, dict] = {"lead": {}, "company": {}, "attr": {}}
    for target, text in payload.items():
        owner, _, name = target.partition(".")
        if owner in ("consent", "message") or (owner == "attr" and name not in kinds):
            continue
        with suppress(values.Wrong):
            said[owner][name] = reader(target, kinds.get(name))(text)
    fields, company = said["lead"], said["company"]
    if not company.keys() & {"name", "domain"}:
        company = {}  # a fact of a company that nobody named
    email, phone = fields.pop("email", ""), fields.pop("phone", "")
    return Person(email, phone, fields=fields, attributes=said["attr"], company=company)


def consents(payload):
    """The texts that were consented to."""
    given = {
        (target.removeprefix("consent."), version)
        for target, version in payload.items()
        if target.startswith("consent.")
    }
    rows = ConsentText.objects.filter(name__in=[name for name, _version in given])
    return [one for one in rows if (one.name, one.version) in given]


def _whole(text):
    count = values.number(text)
    if count != int(count) or not 0 <= count <= EMPLOYEES_MOST:
        raise values.Wrong(f"“{values.short(text)}” is no whole number of people.")
    return int(count)
