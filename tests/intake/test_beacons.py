"""Beacons are read strictly: what our script sends passes, anything else is refused in one word."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import beacons
from intake.views_visits import delivered

NOW = datetime(2026, 5, 22, 10, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"
VIEW = {"id": "e1", "name": "page_view", "path": "/pricing"}


def read(**said):
    return beacons.read(json.dumps({"visitor": KEY, **said}).encode(), now=NOW, host="www.test")


def event(**said):
    return read(events=[VIEW | said]).events[0]


def test_what_the_script_sends_is_read():
    utm = {"source": "google", "campaign": "spring"}
    said = {"title": "Prices", "referrer": "https://search.test/", "utm": utm, "said": {"n": 1}}
    one = read(events=[VIEW | said], link="token")
    assert (one.visitor, one.link, one.withdraws) == (UUID(KEY), "token", False)
    assert one.events == [
        beacons.Event("e1", "page_view", "/pricing", NOW, "Prices", "https://search.test/", utm,
                      {"n": 1})
    ]  # fmt: skip
    assert read(consent=False).withdraws


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"[" * 5_000,
        b'{"visitor": NaN}',
        b"1" * 5_000,
    ],
)
def test_what_is_no_beacon_is_refused(body):
    with pytest.raises(beacons.Malformed):
        beacons.read(body, now=NOW, host="www.test")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"visitor": None, "events": [VIEW]},
        {"visitor": 5, "events": [VIEW]},
        {"visitor": "x" * 32, "events": [VIEW]},
        {"visitor": "\x00" * 32, "events": [VIEW]},
        {"events": "page_view"},
        {"events": [VIEW] * 21},
        {"events": [None]},
        {"events": [VIEW], "lead": 5},
        {"events": [VIEW], "consent": "no"},
        {"events": [VIEW], "consent": []},
        {"events": [VIEW], "link": ["token"]},
        {"events": [VIEW], "link": "x" * 201},
    ],
)
def test_a_beacon_says_nothing_else(said):
    with pytest.raises(beacons.Malformed):
        read(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"id": ""},
        {"id": "a b"},
        {"id": "x" * 65},
        {"id": 7},
        {"name": "Page view"},
        {"name": None},
        {"name": "x" * 41},
        {"path": ""},
        {"path": "https://elsewhere.test/"},
        {"path": "/\x00"},
        {"path": "/\ud800"},
        {"title": {}},
        {"utm": []},
        {"utm": {"gclid": "x"}},
        {"utm": {"source": 5}},
        {"said": "x"},
        {"said": {"a": [1]}},
        {"said": {"a": None, "b": {}}},
        {"said": {"x" * 41: 1}},
        {"said": {"a": "x" * 201}},
        {"said": {"a": "\x00"}},
        {"said": {"a\x00": 1}},
        {"said": {"a": 10**400}},
        {"said": {"a": float("1e300")}},
        {"said": {str(n): n for n in range(11)}},
        {"at": "now"},
        {"at": True},
        {"at": 10**30},
        {"by": 1},
    ],
)
def test_an_event_says_nothing_else(said):
    with pytest.raises(beacons.Malformed):
        event(**said)


def test_long_words_of_a_page_are_cut_and_its_own_referrer_is_none():
    assert len(event(title="t" * 900).title) == 200
    assert len(event(path="/" + "p" * 900).path) == 500
    assert event(referrer="https://www.test/home").referrer == ""
    assert event(referrer="https://[broken").referrer == ""
    assert event(utm={"source": "", "term": "x" * 300}).utm == {"term": "x" * 120}


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(5, 5), (-5, 0), (7_200, 3_600), (10**9, 3_600), (-(10**9), 0)],
)
def test_nothing_happened_later_than_now_or_long_ago(seconds, age):
    at = event(at=(NOW - timedelta(seconds=seconds)).timestamp() * 1000).happened_at
    assert abs(NOW - at - timedelta(seconds=age)) < timedelta(milliseconds=1)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=10), some),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("id", "name", "path", "title", "referrer", "utm", "said", "at"), _JSON
        ),
    )
)
def test_whatever_is_sent_is_read_or_refused(said):
    body = json.dumps({"visitor": KEY, "events": [VIEW | said]}).encode()
    try:
        found = beacons.read(body, now=NOW, host="www.test").events[0]
    except beacons.Malformed:
        return
    assert NOW - beacons.OLDEST <= found.happened_at <= NOW
    assert "\x00" not in json.dumps(found.said, default=str)


def test_the_script_is_small_and_sends_no_cookie_of_ours():
    script = delivered()
    assert 500 < len(script.encode()) <= 2048
    assert "document.cookie" not in script
    assert "//" not in script.replace("://", "")
