"""What the endpoints of all apps share: texts and moments as they are sent, places in a list."""

import base64
import re
from datetime import UTC, date
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from accounts.problems import ApiError

MOST_ROWS = 200
LAST_ID = 2**63 - 1
_MOMENT = re.compile(
    r"(19[7-9]\d|20\d\d)-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _moment(value):
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("A moment with its zone, 1970 to 2099: 2026-03-02T09:00:00+01:00")
    return value.upper()


def _day(value):
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("A day: 2026-03-02")
    return value


def _count(value):
    """Of an address everything is text, and Python reads more as a number than others do."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,3}", value):
        raise ValueError("A whole number.")
    return value


def _in_utc(moment):
    """PostgreSQL knows no zone sixteen hours away, and Python does."""
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[int, Field(strict=True, ge=1, le=LAST_ID)]


def up_to(most, **said):
    """A text of at most so many characters, "" where nothing is said."""
    return Field(**{"default": "", "max_length": most} | said)


class Said(BaseModel):
    """What somebody sends. A name that is not known is a mistake, not a hint."""

    model_config = ConfigDict(extra="forbid")


class ListAsked(Said):
    cursor: str = up_to(100, description="`next` of the page before.")
    limit: Annotated[int, BeforeValidator(_count)] = Field(
        50, ge=1, le=MOST_ROWS, description="Rows in a page."
    )


class Told(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class LeadRef(Said):
    """Which lead: by one of these; the first that is given counts."""

    id: Id | None = None
    email: str = up_to(254)
    external_id: str = up_to(120)


class ItemProblem(Told):
    """Why one of many was turned away; the others went on."""

    status: int
    field: str
    message: str


def item_problem(refusal):
    return {"status": refusal.status, "field": refusal.field, "message": refusal.message}


def page(request, asked, rows, tell, **more):
    """One page by ascending id: rows that come meanwhile stand behind it, so nothing is left out.

    `asked`: a ListAsked; `rows`: a queryset; `tell`: a row as its answer.
    """
    for name in request.GET.keys() - type(asked).model_fields.keys():
        raise ApiError(422, f"{name}: there is no such parameter.", [(name, "not known")])
    place, limit = _parsed(asked.cursor), asked.limit
    found: list[Any] = list(rows.filter(pk__gt=place).order_by("pk")[: limit + 1])
    there = found[:limit]
    following = _cursor(there[-1].pk) if len(found) > limit else None
    return {"items": [tell(row) for row in there], "next": following, **more}


def _cursor(pk):
    return base64.urlsafe_b64encode(f"id {pk}".encode()).decode().rstrip("=")


def _parsed(cursor):
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), "-_", validate=True).decode()
        mark, number = text.split(" ")
        if mark != "id" or not number.isdecimal() or len(number) > 18:
            raise ValueError
        return int(number)
    except ValueError:
        words = "This is no `next` of a page before."
        raise ApiError(422, words, [("cursor", words)]) from None
