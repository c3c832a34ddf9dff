"""Every error of the API as a problem that names the field."""

from django.http import Http404
from ninja.errors import HttpError, ValidationError
from pydantic_core import from_json

from accounts.problems import ApiError, answer_of, problem
from leads.refusals import Refusal

MOST = 100  # fields in one answer


def handle(api):
    """Answer the errors of this NinjaAPI."""
    api.add_exception_handler(ValidationError, not_valid)
    api.add_exception_handler(ApiError, turned_away)
    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(HttpError, not_read)
    api.add_exception_handler(Http404, not_there)


def not_valid(request, error):
    said = from_json(request.body) if request.method == "POST" and request.body else {}
    found: dict = {}
    for one in error.errors:  # a field that may be of several kinds has an error for each
        found.setdefault(_place(one, said), []).append(one["msg"])
    errors = [(field, "; ".join(dict.fromkeys(words))) for field, words in found.items()]
    return problem(422, f"{errors[0][0]}: {errors[0][1]}", errors[:MOST])


def turned_away(request, error):
    return answer_of(error)


def refused(request, error):
    return problem(error.status, error.message, [(error.field, error.message)] * bool(error.field))


def not_read(request, error):
    if isinstance(error.__cause__, ApiError):  # what the parser says
        return answer_of(error.__cause__)
    return problem(error.status_code, str(error))


def not_there(request, error):
    return problem(404, "There is nothing at this address, or not for this key.")


def _place(error, said):
    """Where in what was sent: ("body", "said", "items", 3, "email") as items[3].email."""
    source, *parts = error["loc"]
    if source != "body":
        return ".".join(str(part) for part in parts)
    parts = _sent(parts[1:], said)
    if "discriminator" in error.get("ctx", {}):
        parts.append(error["ctx"]["discriminator"].strip("'"))
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts)
    return text.lstrip(".") or "body"


def _sent(parts, said):
    """Without the names of the kinds that were tried: only what the sender knows."""
    kept = []
    for number, part in enumerate(parts, 1):
        is_there = (isinstance(said, list) and isinstance(part, int)) or (
            isinstance(said, dict) and part in said
        )
        if is_there:
            said = said[part]
        if is_there or (isinstance(said, dict) and number == len(parts)):
            kept.append(part)
    return kept
