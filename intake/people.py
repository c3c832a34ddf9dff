"""People that another system sends: matched or created like everybody (leads/arriving.py)."""

from django.db import transaction

from intake import values
from leads import consents, matching
from leads.arriving import Person, arrive
from leads.changes import recording
from leads.models import Campaign, Consent, Lead
from leads.phones import phone_key
from leads.refusals import Forbidden, Refusal

_FIELDS = [
    "first_name",
    "last_name",
    "job_title",
    "city",
    "country",
    "interest",
    "source",
    "consent_basis",
]


@transaction.atomic
def take_in(key, items, *, now, overwrite=False):
    """`items`: intake.api_leads.PersonSaid. Returns a Person for each, with its answer."""
    campaigns = _campaigns(items)
    people = [_person(item, campaigns) for item in items]
    _refuse_hidden(key, people)
    going = [one for one in people if not one.refusal]
    by = key.acts_as
    arrive(going, now=now, source=key.door, system=key.sender, by=by, overwrite=overwrite,
           details={"api_key": key.name})  # fmt: skip
    _keep_consents(key, zip(people, items, strict=True), now)
    return people


def hidden(key, ids):
    """Those of these leads that the person whom the key acts as may not see."""
    if key.acts_as is None or not ids:
        return set()
    visible = Lead.objects.visible_to(key.acts_as).filter(pk__in=ids)
    return set(ids) - set(visible.values_list("pk", flat=True))


def not_yours():
    return Forbidden("This person is known, but not to this key.")


def _campaigns(items):
    """{name or UTM value in lower case: id}; a name wins over a UTM value."""
    wanted = {item.campaign.strip().lower() for item in items} - {""}
    found = {}
    campaigns = Campaign.objects.values_list("pk", "name", "utm_campaign") if wanted else []
    for pk, name, utm in campaigns:
        found[name.lower()] = pk
        found.setdefault(utm.lower(), pk)
    return {word: found[word] for word in wanted if word in found}


def _person(item, campaigns):
    fields = {name: values.clean(getattr(item, name)) for name in _FIELDS}
    if item.do_not_contact:
        fields["do_not_contact"] = True
    try:
        email, company = _email(item.email), _company(item.company)
        if campaign := item.campaign.strip().lower():
            fields["campaign_id"] = _campaign(campaigns, campaign)
        one = Person(
            email=email,
            phone=values.phone(values.clean(item.phone)),
            external_id=values.clean(item.external_id),
            fields={name: value for name, value in fields.items() if value},
            attributes=item.attributes,
            company=company,
        )
        _check_key(one)
    except Refusal as refusal:
        return Person(refusal=refusal)
    return one


def _email(text):
    try:
        return values.email(text) if (text := values.clean(text)) else ""
    except values.Wrong as error:
        raise Refusal(str(error), field="email") from error


def _company(said):
    if said is None:
        return {}
    every = {n: values.clean(v) if isinstance(v, str) else v for n, v in said.model_dump().items()}
    columns = {name: value for name, value in every.items() if value not in ("", None)}
    if "domain" in columns:
        columns["domain"] = _domain(columns["domain"])
    if columns and not columns.keys() & {"name", "domain"}:
        raise Refusal("A company needs a name or a domain.", field="company.name")
    return columns


def _domain(text):
    try:
        domain = values.domain(text)
    except values.Wrong as error:
        raise Refusal(str(error), field="company.domain") from error
    if len(domain) > 200:  # letters may become more in lower case
        raise Refusal("This domain is too long.", field="company.domain")
    return domain


def _campaign(campaigns, wanted):
    if wanted not in campaigns:
        raise Refusal("No campaign has this name or UTM value.", field="campaign")
    return campaigns[wanted]


def _check_key(one):
    """By what would we know them when they come again?"""
    if not (one.email or one.external_id or phone_key(one.phone)):
        words = "An email address, an external ID or a phone number with country code is needed."
        raise Refusal(words, field="phone" if one.phone else "email")


def _refuse_hidden(key, people):
    going = [one for one in people if not one.refusal] if key.acts_as else []
    named = matching.named_by(going, key.sender)
    closed = hidden(key, set().union(*named))
    for one, theirs in zip(going, named, strict=True):
        if theirs & closed:
            one.refusal = not_yours()


def _keep_consents(key, taken, now):
    """Entries of the ledger that are not there yet: a repeated delivery adds none."""
    said = [
        Consent(
            **entry.model_dump(),
            lead_id=one.lead.pk,
            source=key.door,
            by=key.acts_as,
        )
        for one, item in taken
        if one.lead
        for entry in item.consents
    ]
    ids = {entry.lead_id for entry in said}
    there = {_entry(one) for one in Consent.objects.filter(lead__in=ids)} if ids else set()
    new = {_entry(one): one for one in said if _entry(one) not in there}
    if new:
        with recording(key.door[:80]):
            consents.record(list(new.values()), now=now)


def _entry(one):
    return one.lead_id, one.purpose, one.given, one.happened_at
