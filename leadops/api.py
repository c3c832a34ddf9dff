"""The API, /api/v1/: endpoints of each app, errors that name the field, the schema.

Whoever comes in passes leadops/api_door.py first.
"""

from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI

import intake.api_activities
import intake.api_leads  # adds its endpoint to the router of leads
from accounts import api as of_keys
from accounts.problems import MEDIA_TYPE
from handoff import api as of_handoffs
from handoff import api_outcomes
from leadops import api_docs, api_errors
from leadops.api_door import door
from leadops.api_json import JsonParser
from leads import api as of_leads

ROOT = "/api/v1/"


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


api_errors.handle(api)


def nowhere(request):
    return api_errors.not_there(request, None)


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
