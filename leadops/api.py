"""The API, /api/v1/: endpoints of each app, errors that name the field, the schema.

Whoever comes in passes leadops/api_door.py first.
"""

from django.http import Http404
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic_core import from_json

import intake.api_activities
import intake.api_leads
from accounts import api as of_keys
from accounts.problems import MEDIA_TYPE, ApiError, answer_of, problem
from handoff import api as of_handoffs
from handoff import api_outcomes
from leadops import api_docs
from leadops.api_door import door
from leads import api as of_leads
from leads.refusals import Refusal

ROOT = "/api/v1/"
DEEPEST = 100  # what JSON may nest


class JsonParser(Parser):
    """Refuses what no text or number of ours can be: NaN, lone surrogates, NUL, deep nesting."""

    def parse_body(self, request):
        try:
            said = from_json(request.body, allow_inf_nan=False)
        except ValueError as error:
            raise ApiError(400, f"This is no JSON: {error}.") from None
        if b"\\u0000" in request.body:
            refuse_nul(said)
        return said


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation):
        return operation.view_func.__name__

    def get_openapi_schema(self, **_):
        """Refusals have a media type of their own."""
        schema = super().get_openapi_schema(path_prefix=ROOT)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer["content"]:
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


api = Api(
    title="leadops",
    version="1",
    description="Leads, what they did, and what came of them.",
    urls_namespace="api",
    openapi_url="",
    docs_url="",
    parser=JsonParser(),
)
for router in (
    of_keys.router,
    of_leads.router,
    intake.api_activities.router,
    of_handoffs.router,
    api_outcomes.router,
):
    api.add_router("", router)


@api.exception_handler(ValidationError)
def not_valid(request, error):
    errors = [(_place(one["loc"]), one["msg"]) for one in error.errors]
    first = f"{errors[0][0]}: {errors[0][1]}" if errors else "Not valid."
    return problem(422, first, errors[:100])


@api.exception_handler(ApiError)
def turned_away(request, error):
    return answer_of(error)


@api.exception_handler(Refusal)
def refused(request, error):
    return problem(error.status, error.message, [(error.field, error.message)] * bool(error.field))


@api.exception_handler(HttpError)
def not_read(request, error):
    if isinstance(error.__cause__, ApiError):  # what the parser says
        return answer_of(error.__cause__)
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def not_there(request, error):
    return problem(404, "There is nothing at this address, or not for this key.")


def nowhere(request):
    return not_there(request, None)


def refuse_nul(said, place=""):
    """A text with a NUL can be stored nowhere."""
    if isinstance(said, str) and "\0" in said:
        raise ApiError(422, f"{place}: a NUL character is no text.", [(place, "NUL")])
    if isinstance(said, dict):
        for name, value in said.items():
            refuse_nul(name, place)
            refuse_nul(value, f"{place}.{name}".lstrip("."))
    elif isinstance(said, list):
        for number, value in enumerate(said):
            refuse_nul(value, f"{place}[{number}]")


def _place(loc):
    """("body", "batch", "items", 3, "email") as items[3].email; the parameter's own name is none of
    the sender's business."""
    parts = loc[2:] if loc[0] == "body" and len(loc) > 2 else loc[1:]
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts)
    return text.lstrip(".") or str(loc[0])


def _endpoints():
    patterns, _app, _namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = door(pattern.callback)
            yield pattern


urlpatterns = [
    path("docs", api_docs.page, name="docs"),
    path("openapi.json", door(api_docs.schema), name="schema"),
    *_endpoints(),
    re_path("^.*$", door(nowhere), name="nowhere"),
]
