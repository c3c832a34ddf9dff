"""What is wrong with a request, as application/problem+json (RFC 9457) that names the field."""

from http import HTTPStatus

from django.http import JsonResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """Where, and what."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(examples=["items[3].email"])
    message: str


class Problem(BaseModel):
    """Why a request was turned away. Nothing of it was done."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class ApiError(Exception):
    """Turn the request away. `errors`: [(field, message)]."""

    def __init__(self, status, detail, errors=(), headers=None):
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, list(errors)
        self.headers = headers or {}


def problem(status, detail, errors=(), headers=None):
    """The answer. `errors`: [(field, message)]."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [{"field": field, "message": message} for field, message in errors],
    }
    return JsonResponse(said, status=status, content_type=MEDIA_TYPE, headers=headers)


def answer_of(error):
    return problem(error.status, error.detail, error.errors, error.headers)
