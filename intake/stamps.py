"""When a form was shown, signed. It tells haste, an old page, and a double click."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.core import signing
from django.utils import timezone

QUICKEST, OLDEST = timedelta(seconds=2), timedelta(hours=24)
_SALT = "intake.stamp"


@dataclass(frozen=True)
class Stamp:
    """`tries`: how often it was sent too quickly before."""

    form_id: int
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    shown_at: float = field(default_factory=lambda: timezone.now().timestamp())
    tries: int = 0

    def __str__(self):
        return signing.dumps([self.form_id, self.nonce, self.shown_at, self.tries], salt=_SALT)

    @property
    def age(self):
        return timedelta(seconds=timezone.now().timestamp() - self.shown_at)

    @property
    def is_hasty(self):
        return self.age < QUICKEST

    @property
    def is_old(self):
        return self.age > OLDEST

    def tried(self):
        """The same moment once more: who waits this time passes."""
        return replace(self, tries=self.tries + 1)


def read(text, form_id):
    """The stamp of this form in `text`, or None."""
    try:
        stamp = Stamp(*signing.loads(text, salt=_SALT))
    except signing.BadSignature:
        return None
    return stamp if stamp.form_id == form_id else None
