"""What the page of privacy shows: the people of an address, the rules of retention, the runs."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.db.models.functions import Lower

from leads import retention, tombstones
from leads.models import Lead, RetentionRun, Tombstone
from leads.phones import PhoneKey, phone_key

RUNS = 10
MOST = 50


def about(user, wanted="", *, now, counts=False, form=None):
    """`counts`: also how many rows each rule would take. `form`: an AddressForm that was wrong."""
    from leads.privacy_form import AddressForm

    people = found(wanted) if wanted else []
    keys = keys_of(wanted) if wanted and not people else []
    buried = tombstones.erased(keys)
    may_erase = user.has_perm("leads.erase_lead")
    if form is None and keys and not buried and may_erase:
        form = AddressForm(initial={"address": wanted})
    return {
        "q": wanted,
        "people": people,
        "buried": bool(buried),
        "is_address": bool(keys),
        "form": form,
        "may_erase": may_erase,
        "rules": [_rule(rule, counts, now) for rule in retention.rules()],
        "counted": counts,
        "runs": RetentionRun.objects.select_related("rule").order_by("-started_at", "-pk")[:RUNS],
        "tombstones": Tombstone.objects.count(),
    }


def found(text):
    """The leads of this address, number or external id; merged ones are told by what they are."""
    text = text.replace("\0", "")  # which no column holds
    known = Q(low=text.lower()) & ~Q(email="")
    known |= Q(external_id=text) & ~Q(external_id="")
    if key := phone_key(text):
        known |= Q(key=key) & ~Q(phone="")
    leads = Lead.objects.annotate(low=Lower("email"), key=PhoneKey("phone")).filter(known)
    return list(leads.select_related("company").order_by("pk")[:MOST])


def keys_of(text):
    """The keys of an address that is no lead's; [] for what is neither an email nor a number."""
    if phone_key(text):
        return tombstones.keys_of(phone=text)
    try:
        validate_email(text)
    except ValidationError:
        return []
    return tombstones.keys_of(email=text)


def _rule(rule, counts, now):
    rule.would = None
    if counts:
        n = retention.would_drop(rule, now=now)
        rule.would = f"{retention.COUNTED:,}+" if n > retention.COUNTED else f"{n:,}"
    return rule
