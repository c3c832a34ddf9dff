"""The door of the API: whose key it is, how often it came, and whether the request can be read.

All of it stands before and behind the endpoints, so that no endpoint can forget any of it.
"""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts import keys, rates, repeating
from accounts.problems import ApiError, answer_of, problem

READS = ("GET", "HEAD", "OPTIONS")
WINDOW = 60  # seconds


def door(view):
    """A view of the API: no session, no form token, a key instead."""

    @_measures
    @csrf_exempt
    @login_not_required
    @wraps(view)
    def entered(request, **kwargs):
        rate = None
        try:
            now = timezone.now()
            request.key = _key(request, now)
            rate = rates.count(
                "api", request.key.pk, limit=settings.API_REQUESTS_A_MINUTE, seconds=WINDOW
            )
            _check_rate(rate)
            _check_readable(request)
            answer = _answered(request, lambda: view(request, **kwargs), now)
        except ApiError as error:
            answer = answer_of(error)
        return _with_rate(answer, rate)

    return entered


def _measures(view):
    """How much it takes it says by itself: leadops.middleware.Bounds lets it."""
    view.measures = True
    return view


def _key(request, now):
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    key = keys.find(secret.strip(), now=now) if scheme.lower() == "bearer" else None
    if key is None:
        words = "Send a valid API key: Authorization: Bearer lo_…"
        raise ApiError(401, words, headers={"WWW-Authenticate": 'Bearer realm="leadops"'})
    keys.seen(key, now)
    return key


def _check_rate(rate):
    if rate.is_over:
        words = f"More than {rate.limit} requests in a minute. Come again in {rate.reset} s."
        raise ApiError(429, words, headers={"Retry-After": str(rate.reset)})


def _check_readable(request):
    for name, values in request.GET.lists():
        if any("\0" in text for text in [name, *values]):
            raise ApiError(422, "A NUL character is no text.", [(name.replace("\0", ""), "NUL")])
    if request.method in READS:
        return
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.API_BODY_BYTES:
        raise ApiError(413, f"At most {settings.API_BODY_BYTES:,} bytes in one request.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiError(415, "Send the body as it is, not compressed.")
    if request.content_type not in ("application/json", ""):
        raise ApiError(415, "Send JSON: Content-Type: application/json.")
    try:
        # Not request.body: that has the limit of forms, and batches may be larger.
        request._body = request.read()
    except UnreadablePostError:
        raise ApiError(400, "The body did not come to its end.") from None


def _answered(request, run, now):
    answer = repeating.once(request.key, request, run, now=now) if _writes(request) else run()
    if answer.status_code == 405:
        allowed = {"Allow": answer["Allow"]}
        return problem(405, f"{request.method} is not for this address.", headers=allowed)
    return answer


def _writes(request):
    return request.method not in READS


def _with_rate(answer, rate):
    answer["Cache-Control"] = "private, no-store"
    if rate is not None:
        answer["RateLimit-Limit"] = rate.limit
        answer["RateLimit-Remaining"] = max(rate.remaining, 0)
        answer["RateLimit-Reset"] = rate.reset
    return answer
