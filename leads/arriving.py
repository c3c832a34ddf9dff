"""People arrive: each is the lead they are already (leads/matching.py), or a new one is born.

Every door comes through here, except the import of files, which does the same by a few statements
for a whole batch (intake/merging.py). The keys are held by the database: of two doors that bring
the same person at one moment, one is told so by a constraint and looks again. Facts are written in
one way, whatever the door: countries by code, a number with the code of its country.
"""

from dataclasses import dataclass, field

from django.db import IntegrityError, OperationalError, connection, transaction

from leads import bulk, consents, countries, deliver, matching, tombstones
from leads.belonging import give_companies
from leads.capture import attributes_of, record_births, wrong_values
from leads.changes import recording
from leads.models import ExternalId, Lead, LeadAttributes
from leads.phones import international_of, phone_key
from leads.refusals import Refusal

ATTEMPTS = 5


class Erased(Refusal):
    """This person asked to be forgotten."""


class Ambiguous(Refusal):
    """The keys belong to two different people."""

    status = 409


@dataclass
class Person:
    """Who arrives, checked by the door: columns of Lead, {attribute code: typed value}, columns of
    Company; `at_birth`: columns which only a new lead gets. `lead` and `outcome` (created, updated,
    unchanged), or `refusal`, are the answer."""

    email: str = ""
    phone: str = ""
    external_id: str = ""
    fields: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    company: dict = field(default_factory=dict)
    at_birth: dict = field(default_factory=dict)
    lead: Lead | None = None
    outcome: str = ""
    refusal: Refusal | None = None

    def __post_init__(self):
        self.fields, self.company = (
            countries.in_codes(self.fields),
            countries.in_codes(self.company),
        )
        self.phone = international_of(self.phone, self.fields, self.company)


def arrive(
    people,
    *,
    now,
    source,
    by=None,
    system="",
    overwrite=False,
    details=None,
    themselves=False,
):
    """Match or create these people, and answer on each of them. Any number in one transaction.

    `source`: the door, as it stands beside each change ("form demo"). `system`: whose external ids
    these are. What a lead lacks is filled in; `overwrite`: what it has is replaced, too.
    `themselves`: they came by an act of their own, which no erasure before it forbids.
    """
    for attempt in range(1, ATTEMPTS + 1):
        for one in people:
            one.lead, one.outcome, one.refusal = None, "", None
        try:
            with transaction.atomic(), recording(source[:80]):
                said = (people, now, by, system, overwrite, details, source, themselves)
                _Arriving(*said).run()
        except (IntegrityError, OperationalError, _MergedMeanwhile):
            if attempt == ATTEMPTS or not connection.is_usable() or connection.needs_rollback:
                raise
        else:
            return


class _MergedMeanwhile(Exception):
    """A lead that was found became part of another one before it was locked."""


class _Arriving:
    def __init__(self, people, now, by, system, overwrite, details, source, themselves):
        self.people, self.now, self.by, self.system = people, now, by, system
        self.overwrite, self.details, self.source = overwrite, details, source
        self.themselves = themselves
        self.new: list[Lead] = []
        self.changed: dict[int, set] = {}
        self.retyped: set[int] = set()

    def run(self):
        self._refuse()
        going = [one for one in self.people if not one.refusal]
        self._find(going)
        # In one order everywhere, so that two batches wait for each other once and not in a ring.
        for one in sorted(going, key=lambda one: (one.email.lower(), one.external_id, one.phone)):
            self._place(one)
        self._write([one for one in going if not one.refusal])

    def _refuse(self):
        keys = {key for one in self.people for key in self._secret_keys(one)}
        buried = set() if self.themselves else tombstones.erased(keys)
        known = attributes_of({code for one in self.people for code in one.attributes})
        for one in self.people:
            if buried.intersection(self._secret_keys(one)):
                one.refusal = Erased("This person asked to be erased and is not taken in again.")
            elif wrong := wrong_values(one.attributes, known):
                code, message = next(iter(wrong.items()))
                one.refusal = Refusal(message, field=f"attributes.{code}")

    def _secret_keys(self, one):
        return tombstones.keys_of(one.email, one.phone, self.system, one.external_id)

    def _find(self, going):
        found = matching.find(
            emails=[one.email for one in going],
            external_ids=[one.external_id for one in going],
            system=self.system,
            phones=[one.phone for one in going if self._is_alone(one)],
        )
        keyed = (found.emails, found.external_ids, found.phones, found.namesakes)
        ids = {pk for keys in keyed for pk in keys.values()}
        leads = {lead.pk: lead for lead in Lead.objects.raw(_LOCKED, [sorted(ids)])}
        if any(lead.merged_into_id for lead in leads.values()):
            raise _MergedMeanwhile
        stored = LeadAttributes.objects.in_bulk(list(leads))
        self.values = {
            id(lead): stored[pk].values if pk in stored else {} for pk, lead in leads.items()
        }
        self.emails = {key: leads[pk] for key, pk in found.emails.items()}
        self.ids = {key: leads[pk] for key, pk in found.external_ids.items()}
        self.phones = {key: leads[pk] for key, pk in found.phones.items()}
        self.namesakes = {key: leads[pk] for key, pk in found.namesakes.items()}

    def _place(self, one):
        by_email, by_id = self.emails.get(one.email.lower()), self.ids.get(one.external_id)
        if by_email and by_id and by_email is not by_id:
            one.refusal = Ambiguous(
                "The email address and the external ID belong to two different people.",
                field="external_id",
            )
            return
        lead = by_email or by_id or self._by_phone(one)
        if lead is None:
            keys = {"external_id": "" if self.system else one.external_id}
            said = one.at_birth | one.fields | keys
            lead = Lead(created_at=self.now, stage_at=self.now, **said)
            lead.email, lead.phone = one.email, one.phone
            self.values[id(lead)] = dict(one.attributes)
            self.new.append(lead)
            one.outcome = "created"
        else:
            one.outcome = "updated" if self._fill(lead, one) else "unchanged"
        one.lead = lead
        if one.email:
            self.emails.setdefault(one.email.lower(), lead)
        if one.external_id:
            self.ids.setdefault(one.external_id, lead)
        if key := phone_key(one.phone):
            self.phones.setdefault(key, lead)
            if self._is_alone(one):
                self.namesakes.setdefault(matching.namesake_key(key, one.fields), lead)

    def _by_phone(self, one):
        """A number alone tells who it is unless the names say that two people share it."""
        key = phone_key(one.phone)
        if not key or not self._is_alone(one):
            return None
        namesake = self.namesakes.get(matching.namesake_key(key, one.fields))
        if namesake or one.external_id:
            return namesake
        lead = self.phones.get(key)
        name = f"{one.fields.get('first_name', '')} {one.fields.get('last_name', '')}".strip()
        if lead and name and lead.name and name.casefold() != lead.name.casefold():
            return None
        return lead

    def _is_alone(self, one):
        """Known by its number alone; the id of a system does not stand in the lead itself."""
        return not one.email and bool(self.system or not one.external_id)

    def _fill(self, lead, one):
        """Whether what arrived says anything new of the lead."""
        said = {**one.fields, "email": one.email, "phone": one.phone}
        if not self.system:
            said["external_id"] = one.external_id
        changed = set()
        for name, value in said.items():
            had = getattr(lead, name)
            wanted = value if value not in ("", None) and (self.overwrite or not had) else had
            if name == "do_not_contact":  # whoever asked for silence keeps it
                wanted = had or bool(value)
            if name in self._named_by(lead, one):  # or by what is merged into it
                continue
            if wanted != had:
                setattr(lead, name, wanted)
                changed.add(name)
        values = self.values[id(lead)]
        fresh = {
            code: value
            for code, value in one.attributes.items()
            if values.get(code) != value and (self.overwrite or code not in values)
        }
        values.update(fresh)
        if lead.pk is not None:
            self.changed.setdefault(lead.pk, set()).update(changed)
            self.retyped |= {lead.pk} if fresh else set()
        return bool(changed or fresh)

    def _named_by(self, lead, one):
        """The keys by which it was found."""
        keys = {
            "email": self.emails.get(one.email.lower()),
            "external_id": self.ids.get(one.external_id),
        }
        return [name for name, found in keys.items() if found is lead]

    def _write(self, placed):
        moved = give_companies([(one.lead, one.company, one.email) for one in placed], self.now)
        for lead in moved:
            if lead.pk is not None:
                self.changed.setdefault(lead.pk, set()).add("company_id")
        bulk.insert(self.new)
        known = {one.lead.pk: one.lead for one in placed}
        LeadAttributes.objects.bulk_create(
            [LeadAttributes(lead_id=lead.pk, values=self.values[id(lead)]) for lead in self.new]
            + [
                LeadAttributes(lead_id=pk, values=self.values[id(known[pk])])
                for pk in sorted(self.retyped)
            ],
            update_conflicts=True,
            unique_fields=["lead"],
            update_fields=["values"],
        )
        changed = {pk: names for pk, names in sorted(self.changed.items()) if names}
        columns = sorted({name for names in changed.values() for name in names})
        bulk.update([known[pk] for pk in changed], columns)
        if self.system:
            self._keep_ids(placed)
        if self.new:
            ids = [lead.pk for lead in self.new]
            record_births(ids, by=self.by, now=self.now, details=self.details)
        if said := [one.lead.pk for one in placed if one.fields.get("consent_basis")]:
            consents.follow(said, source=self.source, now=self.now, by=self.by)
        if touched := sorted({*changed, *self.retyped}):
            deliver.follow("changed", touched)
            deliver.announce("changed")

    def _keep_ids(self, placed):
        named = {one.external_id: one.lead.pk for one in placed if one.external_id}
        ExternalId.objects.bulk_create(
            [ExternalId(lead_id=pk, system=self.system, value=v) for v, pk in named.items()],
            ignore_conflicts=True,
        )
        # Somebody else may have brought it at this moment, for another lead.
        stored = ExternalId.objects.filter(system=self.system, value__in=named)
        if any(named[one.value] != one.lead_id for one in stored.select_related("lead")
               if one.lead.merged_into_id != named[one.value]):  # fmt: skip
            raise IntegrityError("an external id was given away meanwhile")


_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
