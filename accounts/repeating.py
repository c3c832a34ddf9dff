"""Idempotency-Key: a request that is sent twice is done once, and both get the same answer.

Claim, work and answer are one transaction: whatever is killed in between has done nothing, and of
two at the same moment one runs while the other is told to wait.
"""

import hashlib
import re
from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpResponse

from accounts.models import KeptAnswer
from accounts.problems import ApiError

HEADER, NAME = "Idempotency-Key", "[!-~]{1,255}"
KEPT = timedelta(hours=24)


def once(key, request, run, *, now):
    """`run()` answers; or the answer of the first time, when it did what was asked.

    Raises an ApiError: the same name for another request, or the first one is still running.
    """
    name = _name(request)
    if name is None:
        return run()
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        _claim(key, name)
        kept = KeptAnswer.objects.filter(key=key, name=name).first()
        if kept is not None:
            return _again(kept, fingerprint)
        answer = run()
        if answer.status_code < 300:  # whoever was turned away may mend the request and come again
            KeptAnswer.objects.create(
                key=key,
                name=name,
                fingerprint=fingerprint,
                status=answer.status_code,
                body=answer.content.decode(),
                answered_at=now,
            )
    return answer


def forget(now):
    """Drop what nobody asks again for. Returns how many answers there were."""
    return KeptAnswer.objects.filter(answered_at__lt=now - KEPT).delete()[0]


def _name(request):
    name = request.headers.get(HEADER)
    if name is not None and not re.fullmatch(NAME, name):
        words = "1 to 255 printable ASCII characters without a space."
        raise ApiError(422, words, [(HEADER, words)])
    return name


def _fingerprint(request):
    asked = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "replace")
    return hashlib.sha256(asked + request.body).hexdigest()


def _claim(key, name):
    """Held until the end of the transaction, whatever becomes of it."""
    number = hashlib.sha256(f"answer {key.pk} {name}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(number, signed=True)]
        )
        if not cursor.fetchone()[0]:
            words = "The same request is still running."
            raise ApiError(409, words, headers={"Retry-After": "1"})


def _again(kept, fingerprint):
    if kept.fingerprint != fingerprint:
        words = "This key was sent with another request before."
        raise ApiError(422, words, [(HEADER, words)])
    headers = {"Idempotent-Replayed": "true"}
    return HttpResponse(
        kept.body, status=kept.status, content_type="application/json", headers=headers
    )
