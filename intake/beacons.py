"""What the tracking script sends: read strictly, because anybody can send anything.

{"visitor": uuid, "link"?: token, "consent"?: false, "events"?: [{"id", "name", "path", "title"?,
"referrer"?, "utm"?: {"source", …}, "said"?: {…}, "at"?: milliseconds since 1970}]}
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from leads.models import Campaign

MOST_BYTES = 16 * 1024
MOST_EVENTS = 20
MOST_SAID = 10  # what an event says of itself
OLDEST = timedelta(hours=1)  # as old as a beacon may say that its event is
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ABOVE_ALL = 10**15


class Malformed(Exception):
    """Not what our script sends."""


@dataclass(frozen=True)
class Event:
    external_id: str
    name: str
    path: str
    happened_at: datetime
    title: str = ""
    referrer: str = ""
    utm: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Beacon:
    """`link`: the token of a link in an email. `withdraws`: tracking is allowed no more."""

    visitor: UUID
    events: list[Event] = field(default_factory=list)
    link: str = ""
    withdraws: bool = False


def read(body, *, now, host):
    """The beacon in these bytes, received `now` from pages of `host`. Raises Malformed."""
    try:
        said = json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    said = _dict(said, {"visitor", "events", "link", "consent"})
    events = said.get("events", [])
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Malformed
    if said.get("consent", True) not in (True, False):
        raise Malformed
    if said.keys() <= {"visitor"}:
        raise Malformed
    return Beacon(
        visitor=key(said.get("visitor")),
        events=[_event(one, now, host) for one in events],
        link=text(said.get("link"), 200),
        withdraws=said.get("consent") is False,
    )


def key(said):
    """What a script calls its visitor. Raises Malformed."""
    try:
        return UUID(text(said, 36))
    except ValueError as error:
        raise Malformed from error


def text(said, most, *, cut=False):
    """A text that the database can hold; "" for None. `cut`: a longer one is cut, not refused."""
    said = "" if said is None else said
    if not isinstance(said, str) or "\x00" in said or (len(said) > most and not cut):
        raise Malformed
    try:
        said.encode()
    except UnicodeEncodeError as error:  # half of a pair
        raise Malformed from error
    return said[:most]


def _event(said, now, host):
    said = _dict(said, {"id", "name", "path", "title", "referrer", "utm", "said", "at"})
    path = text(said.get("path"), 500, cut=True)
    if not path.startswith("/"):
        raise Malformed
    utm = _dict(said.get("utm", {}), set(Campaign.UTM))
    return Event(
        external_id=_like(_ID, said.get("id")),
        name=_like(_NAME, said.get("name")),
        path=path,
        happened_at=_moment(said.get("at"), now),
        title=text(said.get("title"), 200, cut=True),
        referrer=_elsewhere(text(said.get("referrer"), 500, cut=True), host),
        utm={name: text(value, 120, cut=True) for name, value in utm.items() if value},
        said=_said(said.get("said", {})),
    )


def _said(said):
    if not isinstance(said, dict) or len(said) > MOST_SAID:
        raise Malformed
    return {text(name, 40): _value(value) for name, value in said.items()}


def _value(said):
    if isinstance(said, bool):
        return said
    return _number(said) if isinstance(said, int | float) else text(said, 200)


def _number(said):
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Malformed
    if abs(said) > _ABOVE_ALL:
        raise Malformed
    return said


def _moment(said, now):
    """As the visitor's clock says, but neither later than now nor long ago."""
    if said is None:
        return now
    age = now.timestamp() - _number(said) / 1000
    return now - min(max(timedelta(seconds=min(age, 1e6)), timedelta()), OLDEST)


def _elsewhere(referrer, host):
    """The page that led here, unless it is one of the same site."""
    try:
        parts = urlsplit(referrer)
        return referrer if parts.netloc and parts.netloc.lower() != host else ""
    except ValueError:
        return ""


def _dict(said, names):
    if not isinstance(said, dict) or not said.keys() <= names:
        raise Malformed
    return said


def _like(pattern, said):
    if not isinstance(said, str) or not pattern.fullmatch(said):
        raise Malformed
    return said


def _refuse(_constant):
    raise ValueError("no number")
