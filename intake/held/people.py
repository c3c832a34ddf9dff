"""The leads of rows, through the same matcher as every door: found, or born when they may be."""

from django.db.models import Max

from intake import changelog, staging
from intake.cells import Rejected
from intake.held.rowwise import changed
from intake.models import ImportChange
from intake.normalising import check_company, nobody
from leads import matching, tombstones
from leads.arriving import Erased, Person, arrive
from leads.models import Company, ExternalId, FieldChange, Tombstone
from leads.phones import phone_key

Subject = ImportChange.Subject
TWO = "The email address and the external ID belong to two different people."
_KEYS = ("email", "external_id", "phone")


def person(said, *, external_id=""):
    """The Person that a row {target: value} names. `external_id`: for one without any other key.
    Raises Rejected."""
    mine: dict[str, dict] = {"lead": {}, "company": {}, "attr": {}}
    for target, value in said.items():
        owner, _, name = target.partition(".")
        if owner in mine:
            mine[owner][name] = value
    fields, company = mine["lead"], mine["company"]
    fields |= fields.pop("name", {})
    check_company(company)
    keys = {name: fields.pop(name, "") for name in _KEYS}
    one = Person(**keys, fields=fields, attributes=mine["attr"], company=company)
    if not (one.email or one.external_id or phone_key(one.phone)):
        one.external_id = external_id
        if not external_id:
            raise Rejected(nobody(one.phone))
    return one


def keys_of(job, people):
    """Of each of these people [(what, key)] by which another row may name them; of those who are
    here their lead, too."""
    found = []
    for one, ids in zip(people, matching.named_by(people, job.system), strict=True):
        keys = {"email": one.email.lower(), "id": one.external_id, "phone": phone_key(one.phone)}
        named = [pair for pair in keys.items() if pair[1]]
        found.append([*named, *(("lead", pk) for pk in ids)])
    return found


def admit(job, named):
    """When only known people are updated: give the lines their `lead_id`, or turn them away.
    `named`: [(line, Person)]."""
    if not job.mapping["update_only"]:
        return
    buried = _erased(job, [one for _, one in named])
    found = matching.named_by([one for _, one in named], job.system)
    for (line, one), ids in zip(named, found, strict=True):
        if buried.intersection(_secret_keys(job, one)):
            line.refuse(staging.ERASED, is_secret=True)
        elif len(ids) > 1:
            line.refuse(TWO)
        elif ids:
            line.lead_id = next(iter(ids))
        else:
            line.skip(staging.UNKNOWN)


def answer(line, person):
    """As leads/arriving.py did on the person of a line."""
    if person.refusal:
        line.refuse(person.refusal.message, is_secret=isinstance(person.refusal, Erased))
    else:
        line.lead_id = person.lead.pk


def bring(job, people, *, now):
    """Match or create these people for an import, and note for its roll back what that changed.
    Returns what it changed of leads, as note_edits."""
    changes, companies, identities = _last(FieldChange), _last(Company), _last(ExternalId)
    arrive(
        people,
        now=now,
        source=f"import {job.pk}",
        by=job.created_by,
        system=job.system,
        details={"import": job.pk},
    )
    born = sorted({one.lead.pk for one in people if one.outcome == "created" and one.lead})
    made = Company.objects.filter(pk__gt=companies, created_at=now)
    mine = {one.lead.pk for one in people if one.lead} - set(born)
    named = ExternalId.objects.filter(pk__gt=identities, lead__in=mine, system=job.system)
    changelog.created(job, Subject.COMPANY, made.values_list("pk", flat=True))
    changelog.created(job, Subject.LEAD, born)  # their ids go with them
    changelog.created(job, Subject.IDENTITY, named.values_list("pk", flat=True))
    return note_edits(job, since=changes)


def note_edits(job, *, since):
    """What the database has recorded of this import's edits to rows that were there before, behind
    the FieldChange `since`. Returns those of leads: {lead id: {target: (before, after)}}."""
    edits: dict = {}
    for one in FieldChange.objects.filter(pk__gt=since, source=f"import {job.pk}").order_by("pk"):
        before, after = edits.setdefault((one.subject, one.subject_id), ({}, {}))
        before.setdefault(one.field, one.old)
        after[one.field] = one.new
    of_leads: dict = {}
    for kind, (subject, owner) in _SUBJECTS.items():
        rows = [(pk, *edit) for (its, pk), edit in edits.items() if its == kind]
        changed(job, subject, rows)
        for pk, before, after in rows if owner else ():
            told = {f"{owner}.{name}": (before[name], after[name]) for name in after}
            of_leads.setdefault(pk, {}).update(told)
    return of_leads


def _last(model):
    return model.objects.aggregate(last=Max("pk"))["last"] or 0


def _erased(job, people):
    if not Tombstone.objects.exists():
        return set()
    return tombstones.erased({key for one in people for key in _secret_keys(job, one)})


def _secret_keys(job, one):
    return tombstones.keys_of(one.email, one.phone, job.system, one.external_id)


_SUBJECTS = {
    FieldChange.Subject.LEAD: (Subject.LEAD, "lead"),
    FieldChange.Subject.ATTRIBUTE: (Subject.ATTRIBUTES, "attr"),
    FieldChange.Subject.COMPANY: (Subject.COMPANY, ""),
}
