"""What every endpoint asks of a key; and the endpoint that tells a key about itself."""

from datetime import datetime

from django.conf import settings
from ninja import Router
from ninja.security.http import HttpAuthBase
from pydantic import BaseModel, ConfigDict

from accounts import repeating
from accounts.models import ApiKey
from accounts.problems import ApiError, Problem

Scope = ApiKey.Scope
REFUSALS = {400: Problem, 401: Problem, 403: Problem, 422: Problem, 429: Problem}
REPEATABLE = {
    "in": "header",
    "name": repeating.HEADER,
    "required": False,
    "description": "Any text of yours. Sent twice within 24 hours, the request is done once and"
    " answered twice.",
    "schema": {"type": "string", "pattern": f"^{repeating.NAME}$"},
}
router = Router(tags=["Key"])


class Bearer(HttpAuthBase):
    """The key was found at the door (leadops/api_door.py); has it the scope?"""

    openapi_scheme = "bearer"

    def __init__(self, scope=""):
        super().__init__()
        self.scope = scope

    def __call__(self, request):
        if self.scope and self.scope not in request.key.scopes:
            raise ApiError(403, f"This key lacks the scope {self.scope}.")
        return request.key


def endpoint(scope, answer, *also):
    """Options of an endpoint: its scope, what it answers with, and the refusals beside those that
    every endpoint may answer with. One that writes takes a body and an Idempotency-Key."""
    refusals = REFUSALS | dict.fromkeys(also, Problem)
    extra = {"x-scope": str(scope)}
    if str(scope).endswith(":write"):
        refusals |= dict.fromkeys([409, 413, 415], Problem)
        extra["parameters"] = [REPEATABLE]
    return {"auth": Bearer(scope), "response": {200: answer} | refusals, "openapi_extra": extra}


class Me(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    prefix: str
    scopes: list[str]
    system: str
    acts_as: str | None
    expires_at: datetime | None
    requests_a_minute: int


@router.get("/me", auth=Bearer(), response={200: Me, **REFUSALS}, summary="What this key may")
def me(request):
    """Any key may ask."""
    key = request.key
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "system": key.sender,
        "acts_as": key.acts_as.email if key.acts_as else None,
        "expires_at": key.expires_at,
        "requests_a_minute": settings.API_REQUESTS_A_MINUTE,
    }
