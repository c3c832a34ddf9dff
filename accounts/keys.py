"""API keys: made once, recognised by a keyed digest, taken back at once."""

import secrets
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import ApiKey

MARK = "lo_"  # so that a secret that turns up where it should not is recognised
SEEN = timedelta(minutes=1)  # how exact "last used" is


def make(key, *, by, now):
    """Give a new ApiKey its secret and save it. Returns the secret: nobody can tell it again."""
    secret = MARK + secrets.token_urlsafe(32)
    key.prefix, key.digest = secret[:10], digest(secret)
    key.created_by, key.created_at = by, now
    key.save()
    return secret


def find(secret, *, now):
    """The key of a secret while it may be used, else None; a person who left takes theirs along."""
    wanted = digest(secret)
    key = ApiKey.objects.select_related("acts_as__team").filter(digest=wanted).first()
    if key is None or not constant_time_compare(key.digest, wanted):
        return None
    is_over = key.expires_at is not None and key.expires_at <= now
    if key.revoked_at or is_over or (key.acts_as and not key.acts_as.is_active):
        return None
    return key


def seen(key, now):
    """Note that it was used, at most once a minute."""
    if key.last_used_at is None or now - key.last_used_at >= SEEN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def revoke(keys, *, by, now):
    """From now on nobody comes in with these keys. Returns how many there were."""
    return keys.filter(revoked_at=None).update(revoked_at=now, revoked_by=by)


def digest(secret):
    """Changing SECRET_KEY makes every key unrecognisable."""
    return salted_hmac("accounts.apikey", secret, algorithm="sha256").hexdigest()
