"""Companies: found by domain, else by name, else created."""

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Lower

from intake import changelog
from intake.held import people, rowwise
from intake.held.cells import Reader
from intake.held.people import Subject
from intake.kinds import KINDS
from leads import bulk
from leads.belonging import LOCK
from leads.models import Company, FieldChange

UNKNOWN = "There is no company of this domain or name here, and only known ones are updated."
_RELATIONSHIPS = {
    word.lower(): value for value, label in Company.Relationship.choices for word in (value, label)
}


def run(job, *, now, trial=None):
    reader = Reader(job, KINDS[job.kind].typed, now=now)
    write = {
        entry["to"]: entry.get("write", "overwrite") for entry in job.mapping["columns"].values()
    }

    def take(lines):
        _Taking(job, reader, write, now).take(lines)

    rowwise.run(job, reader, take, _keys, trial)


def _keys(lines):
    """Domain and name of each, and the companies that have them."""
    said = [_plain(line) for line in lines]
    by_domain, by_name = _found(said)
    keys = []
    for one in said:
        domain, name = one.get("domain", ""), one.get("name", "").lower()
        known = [by_domain.get(domain), *by_name.get(name, ())]
        ids = [("company", company.pk) for company in known if company]
        keys.append([pair for pair in [("domain", domain), ("name", name), *ids] if pair[1]])
    return keys


class _Taking:
    """One chunk. Names are not unique, so one process alone makes companies at a time."""

    def __init__(self, job, reader, write, now):
        self.job, self.reader, self.write, self.now = job, reader, write, now
        self.new: list[Company] = []
        self.changed: dict[int, set] = {}

    def take(self, lines):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        said = [(line, told) for line in lines if (told := self._told(line)) is not None]
        self.by_domain, self.by_name = _found([told for _, told in said])
        for line, told in said:
            self._place(line, told)
        self._write()

    def _told(self, line):
        """{column of Company: value}, or None with a refusal."""
        told = _plain(line)
        if not told.keys() & {"name", "domain"}:
            line.refuse("Neither a name nor a domain.")
        if word := told.get("relationship"):
            told["relationship"] = _RELATIONSHIPS.get(word.lower())
            if told["relationship"] is None:
                line.refuse(f"“{word}” is no relationship such as customer or prospect.")
        if email := told.pop("owner", ""):
            owner = self.reader.user(email)
            told["owner_id"] = owner and owner.pk
            if owner is None:
                line.refuse(f"Nobody who works here has the address {email}.")
        return None if line.refusal else told

    def _place(self, line, told):
        company = self._known(told)
        if company is None and self.job.mapping.get("update_only"):
            line.skip(UNKNOWN)
            return
        if company is None:
            company = Company(created_at=self.now, **told)
            self.new.append(company)
            line.outcome = "created"
        else:
            line.changed = self._edit(company, told)
            line.outcome = "updated" if line.changed else "unchanged"
        line.who = str(company)
        if company.domain:
            self.by_domain[company.domain.lower()] = company
        if company.name and company not in self.by_name.get(company.name.lower(), []):
            self.by_name.setdefault(company.name.lower(), []).append(company)

    def _known(self, told):
        """Of a company of another domain with the same name it is not the row."""
        domain = told.get("domain", "")
        if domain and (found := self.by_domain.get(domain)):
            return found
        namesakes = self.by_name.get(told.get("name", "").lower(), [])
        return next((one for one in namesakes if not domain or not one.domain), None)

    def _edit(self, company, told):
        """{target: (before, after)}"""
        changed = {}
        for name, value in told.items():
            how = self.write.get(f"company.{name.removesuffix('_id')}", "overwrite")
            had = getattr(company, name)
            is_default = name == "relationship" and had == Company.Relationship.PROSPECT
            if name == "domain" and had:
                continue
            if had == value or how == "never" or (how == "fill" and had and not is_default):
                continue
            setattr(company, name, value)
            changed[name] = (had, value)
        if company.pk is not None and changed:
            self.changed.setdefault(company.pk, set()).update(changed)
        return {f"company.{name}": pair for name, pair in changed.items()}

    def _write(self):
        bulk.insert(self.new)
        changelog.created(self.job, Subject.COMPANY, [one.pk for one in self.new])
        last = FieldChange.objects.aggregate(last=Max("pk"))["last"] or 0
        namesakes = [one for some in self.by_name.values() for one in some]
        known = {one.pk: one for one in [*self.by_domain.values(), *namesakes]}
        owners = dict(Company.objects.filter(pk__in=self.changed).values_list("pk", "owner"))
        columns = sorted(set().union(*self.changed.values())) if self.changed else []
        bulk.update([known[pk] for pk in sorted(self.changed)], columns)
        people.note_edits(self.job, since=last)
        moved = [pk for pk, names in self.changed.items() if "owner_id" in names]
        rowwise.changed(
            self.job,
            Subject.COMPANY,
            [(pk, {"owner_id": owners[pk]}, {"owner_id": known[pk].owner_id}) for pk in moved],
        )


def _plain(line):
    """{column of Company: value}"""
    return {target.removeprefix("company."): value for target, value in line.said.items()}


def _found(told):
    """({domain: Company}, {name in small letters: [Company]}) of what rows name."""
    domains = {one["domain"] for one in told if "domain" in one}
    names = {one["name"].lower() for one in told if "name" in one}
    rows = Company.objects.annotate(low_domain=Lower("domain"), low_name=Lower("name"))
    by_domain = {one.low_domain: one for one in rows.filter(low_domain__in=domains)}
    by_name: dict[str, list[Company]] = {}
    for one in rows.filter(low_name__in=names).order_by("pk"):
        one = by_domain.get(one.low_domain, one)
        by_name.setdefault(one.name.lower(), []).append(one)
    return by_domain, by_name
