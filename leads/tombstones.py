"""Keys of erased people: recognised when they come again, without telling who they were."""

from django.utils.crypto import salted_hmac

from leads.models import Tombstone
from leads.phones import phone_key

Kind = Tombstone.Kind


def digest(kind, value):
    """The keyed digest of one key; an address in lower case, a number as E.164, an external id as
    system and value. Changing SECRET_KEY makes all of them unrecognisable."""
    return salted_hmac("leads.tombstone", f"{kind}:{value}", algorithm="sha256").hexdigest()


def keys_of(email="", phone="", system="", external_id=""):
    """The (kind, value) pairs by which a person can be recognised."""
    pairs = [
        (Kind.EMAIL, email.lower()),
        (Kind.PHONE, phone_key(phone)),
        (Kind.EXTERNAL_ID, external_id and f"{system}:{external_id}"),
    ]
    return [(kind, value) for kind, value in pairs if value]


def erased(keys):
    """Those of these keys, (kind, value) pairs, that belong to somebody who was erased."""
    digests = {digest(kind, value): (kind, value) for kind, value in keys}
    stored = Tombstone.objects.filter(digest__in=list(digests)) if digests else []
    return {digests[one.digest] for one in stored}


def bury(keys, *, now):
    """Remember these keys, (kind, value) pairs."""
    Tombstone.objects.bulk_create(
        [Tombstone(kind=kind, digest=digest(kind, v), erased_at=now) for kind, v in keys],
        ignore_conflicts=True,
    )
