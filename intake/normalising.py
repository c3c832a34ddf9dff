"""One row of a file becomes one cleaned row for staging, or words why not."""

from dataclasses import dataclass, field
from json import JSONEncoder

from intake import values
from intake.cells import Cells, Rejected, fitting
from intake.limits import TEXT_VALUE
from intake.targets import FIELDS
from leads import countries
from leads.free_mail import company_domain
from leads.models import Company, Lead
from leads.phones import international_of, phone_key

EMPLOYEES_MOST, REVENUE_MOST = 2**31 - 1, 10**12
_json = JSONEncoder(ensure_ascii=False).encode


def name_parts(text):
    """{column of Lead: part of a full name}. Raises values.Wrong."""
    first, _, last = fitting(text, 200).partition(" ")
    parts = {"first_name": first, "last_name": last.strip()} if last else {"last_name": first}
    return {column: fitting(part, 100) for column, part in parts.items()}


def nobody(phone):
    """The words for a row without any key; `phone`: a number without its country's code, if any."""
    number = " The phone number has no country code." if phone else ""
    return f"Neither an email address nor an external ID.{number}"


def check_company(facts):
    """{column of Company: value} of a row. Raises Rejected."""
    if facts and not facts.keys() & {"name", "domain"}:
        first = FIELDS[f"company.{next(iter(facts))}"]
        raise Rejected(f"{first} is a fact about a company, but the company has no name or domain.")


@dataclass(slots=True)
class Row:
    n: int
    line: int
    cells: list[str]
    email: str = ""
    external_id: str = ""
    fields: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    company: dict = field(default_factory=dict)
    phone: str = ""  # as a key
    person: int = 0

    @property
    def name(self):
        """Small letters, to compare."""
        both = (self.fields.get("first_name", ""), self.fields.get("last_name", ""))
        return " ".join(filter(None, both)).lower()

    def for_copy(self, job_id):
        """In the order of staging.COPY."""
        domain, name = self.company.pop("domain", ""), self.company.pop("name", "")
        documents = (self.fields, self.attributes, self.company)
        fields, attributes, company = (_json(one) if one else "{}" for one in documents)
        return (
            job_id, self.n, self.line, self.person, self.email, company_domain(self.email),
            self.phone, self.external_id, fields, attributes, domain, name, company,
        )  # fmt: skip


class Normaliser:
    """Reads cells as a checked mapping says. One for a whole file."""

    def __init__(self, columns, mapping):
        self.decimal = mapping["decimal"]
        self.dates = [order] if (order := mapping.get("dates")) else []
        self.cells = Cells(columns, mapping, self._reader)

    def row(self, n, record):
        """Raises Rejected."""
        row = Row(n, record.line, record.cells)
        for target, value in self.cells.of(record):
            self._put(row, target, value)
        _complete(row)
        _check_whole(row)
        return row

    def _put(self, row, target, value):
        owner, name = target.split(".", 1)
        if owner == "attr":
            row.attributes[name] = value
        elif owner == "company":
            row.company[name] = value
        elif name in ("email", "external_id"):
            setattr(row, name, value)
        elif name == "name":
            row.fields |= value
        else:
            row.fields[name] = value

    def _reader(self, entry):
        target = entry["to"]
        if target.startswith("attr."):
            return {
                "text": lambda text: fitting(text, TEXT_VALUE),
                "number": lambda text: values.number(text, self.decimal),
                "boolean": values.boolean,
                "date": lambda text: values.day(text, *self.dates),
            }[entry["kind"]]
        special = {
            "lead.name": name_parts,
            "lead.do_not_contact": values.boolean,
            "company.employees": self._employees,
            "company.revenue": self._revenue,
        }
        if target in special:
            return special[target]
        owner, name = target.split(".")
        field = (Lead if owner == "lead" else Company)._meta.get_field(name)
        most = getattr(field, "max_length", None) or TEXT_VALUE
        understood = {
            "lead.email": values.email,
            "lead.phone": values.phone,
            "lead.country": countries.normal,
            "company.country": countries.normal,
            "company.domain": values.domain,
        }.get(target, str)
        return lambda text: fitting(understood(text), most)

    def _employees(self, text):
        count = values.number(text, self.decimal)
        if count != int(count) or not 0 <= count <= EMPLOYEES_MOST:
            raise values.Wrong(f"“{values.short(text)}” is no whole number of people.")
        return int(count)

    def _revenue(self, text):
        amount = values.number(text, self.decimal)
        if not 0 <= amount < REVENUE_MOST:
            raise values.Wrong(f"“{values.short(text)}” is no yearly revenue.")
        return round(amount, 2)


def _complete(row):
    if number := row.fields.get("phone"):
        row.fields["phone"] = international_of(number, row.fields, row.company)
        row.phone = phone_key(row.fields["phone"])


def _check_whole(row):
    if not row.email and not row.external_id and not row.phone:
        raise Rejected(nobody(row.fields.get("phone")))
    check_company(row.company)
