"""Who comes too often is told, and when the next window begins."""

import time_machine

from accounts import rates


def test_the_window_counts_and_ends(db):
    with time_machine.travel("2026-03-02 09:00:10+00:00", tick=False) as clock:
        first = [rates.count("form", "1.2.3.4", limit=2, seconds=60) for _ in range(3)]
        assert [one.is_over for one in first] == [False, False, True]
        assert first[-1].reset == 50
        assert not rates.count("form", "5.6.7.8", limit=2, seconds=60).is_over
        clock.shift(60)
        assert not rates.count("form", "1.2.3.4", limit=2, seconds=60).is_over
