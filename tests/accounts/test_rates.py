"""Who comes too often is told, and when the next window begins."""

import pytest
import time_machine
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command

from accounts import rates
from leadops import settings as ours


def test_the_window_counts_and_ends(db):
    with time_machine.travel("2026-03-02 09:00:10+00:00", tick=False) as clock:
        first = [rates.count("form", "1.2.3.4", limit=2, seconds=60) for _ in range(3)]
        assert [one.is_over for one in first] == [False, False, True]
        assert first[-1].reset == 50
        assert not rates.count("form", "5.6.7.8", limit=2, seconds=60).is_over
        clock.shift(60)
        assert not rates.count("form", "1.2.3.4", limit=2, seconds=60).is_over


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "9.9.9.9", "10.0.0.1"),  # whoever comes without a proxy may say anything
        (1, "5.6.7.8", "5.6.7.8"),
        (1, "9.9.9.9, 5.6.7.8", "5.6.7.8"),
        (2, "9.9.9.9, 5.6.7.8, 10.0.0.2", "5.6.7.8"),
        (2, "5.6.7.8", "10.0.0.1"),  # it came past one of them
        (1, "", "10.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (1, "::ffff:5.6.7.8", "5.6.7.8"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_behind_proxies_everybody_is_counted_alone(rf, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert rates.address(request) == address


def test_a_crowd_makes_nobody_elses_count_forgotten(db, monkeypatch):
    call_command("createcachetable", "counted")
    monkeypatch.setattr(rates, "cache", DatabaseCache("counted", ours.CACHES["default"]))
    with time_machine.travel("2026-03-02 09:00:10+00:00", tick=False):
        rates.count("a-form", "1.2.3.4", limit=1, seconds=60)
        for n in range(310):  # Django drops a third at 300
            rates.count("visits", f"10.0.0.{n}", limit=1, seconds=60)
        assert rates.count("a-form", "1.2.3.4", limit=1, seconds=60).is_over
