"""The leads of rows, through the same matcher as every door: found, or born when they may be."""

from django.db.models import Max

from intake import changelog
from intake.held.rowwise import changed
from intake.models import ImportChange
from leads import matching
from leads.arriving import Person, arrive
from leads.models import Company, ExternalId, FieldChange

Subject = ImportChange.Subject
_KEYS = ("email", "external_id", "phone")


def person(said, *, external_id=""):
    """The Person that a row {target: value} names. `external_id`: for one without any other key."""
    mine: dict[str, dict] = {"lead": {}, "company": {}, "attr": {}}
    for target, value in said.items():
        owner, _, name = target.partition(".")
        if owner in mine:
            mine[owner][name] = value
    fields = mine["lead"]
    keys = {name: fields.pop(name, "") for name in _KEYS}
    if not any(keys.values()):
        keys["external_id"] = external_id
    if name := fields.pop("name", ""):
        first, _, last = name.partition(" ")
        fields |= (
            {"first_name": first[:100], "last_name": last.strip()[:100]}
            if last
            else {"last_name": first[:100]}
        )
    company = mine["company"] if mine["company"].keys() & {"name", "domain"} else {}
    return Person(**keys, fields=fields, attributes=mine["attr"], company=company)


def find(people, system):
    """Give the people whom leadops knows their `lead` ids; returns {place in `people`: lead id}."""
    named = matching.named_by(people, system)
    return {  # 0: two different people
        place: next(iter(ids)) if len(ids) == 1 else 0 for place, ids in enumerate(named) if ids
    }


def bring(job, people, *, now):
    """Match or create these people for an import, and note for its roll back what that changed."""
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
    note_edits(job, since=changes)


def note_edits(job, *, since):
    """What the database has recorded of this import's edits to rows that were there before, behind
    the FieldChange `since`."""
    edits: dict = {}
    for one in FieldChange.objects.filter(pk__gt=since, source=f"import {job.pk}").order_by("pk"):
        before, after = edits.setdefault((one.subject, one.subject_id), ({}, {}))
        before.setdefault(one.field, one.old)
        after[one.field] = one.new
    for kind, subject in _SUBJECTS.items():
        rows = [(pk, *edit) for (its, pk), edit in edits.items() if its == kind]
        changed(job, subject, rows)


def _last(model):
    return model.objects.aggregate(last=Max("pk"))["last"] or 0


_SUBJECTS = {
    FieldChange.Subject.LEAD: Subject.LEAD,
    FieldChange.Subject.ATTRIBUTE: Subject.ATTRIBUTES,
    FieldChange.Subject.COMPANY: Subject.COMPANY,
}
