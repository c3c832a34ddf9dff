"""Numbers, and the one line that says whether they are good enough."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """`figure` beside `bar`, both in words without spaces; `ok`: is the bar met?"""

    figure: str
    bar: str
    ok: bool


@dataclass
class Clock:
    seconds: float = field(default=0.0)


@contextmanager
def clock():
    """Time a block: `with clock() as took: …`, then `took.seconds`."""
    found, begun = Clock(), time.perf_counter()
    yield found
    found.seconds = time.perf_counter() - begun


def at(share, values):
    """The percentile `share` (0.95) of some numbers, by the nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, -(-int(share * 1000) * len(ranked) // 1000) - 1)]


def table(rows, *head):
    """Print rows under their heading, numbers to the right."""
    cells = [head, *[[_said(value) for value in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        print(
            "  ".join(
                v.ljust(w) if i == 0 else v.rjust(w)
                for i, (v, w) in enumerate(zip(row, widths, strict=True))
            )
        )


def _said(value):
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
