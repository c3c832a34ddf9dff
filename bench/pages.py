"""Pages asked many times by a person: their queries, their time at the server, what makes it so."""

import re
from dataclasses import dataclass
from itertools import groupby

from django.db import connection

from bench import crowd
from bench.figures import at, clock, table
from bench.web import Answer, Reader, serving

QUERIES, MS = 8, 50  # the bars of one page: queries, and p95 at the server
FAR = 0.9  # of the way to the end


@dataclass(frozen=True)
class Case:
    page: str
    role: str
    name: str
    path: str
    bar: int = MS


@dataclass(frozen=True)
class Measured:
    case: Case
    answers: list[Answer]

    @property
    def queries(self):
        return max(answer.queries for answer in self.answers)

    @property
    def p95(self):
        return at(0.95, [answer.server_ms for answer in self.answers])

    @property
    def share(self):
        """Of the time that it may take."""
        return self.p95 / self.case.bar

    @property
    def is_short(self):
        return self.share > 1 or self.queries > QUERIES


def measure(readers, cases, times):
    """`cases(role, user)` of each of the readers ({role: user}), printed page by page."""
    found = []
    with serving() as port:
        for role, user in readers.items():
            reader = Reader(port, crowd.session_of(user))
            theirs = [_measured(reader, case, times) for case in cases(role, user)]
            found += theirs
            _tell(theirs)
            slowest = max(theirs, key=lambda one: sum(answer.db_ms for answer in one.answers))
            if any(one.is_short for one in theirs):
                _tell_queries(reader, slowest.case)
    return found


def tell_bare(name, sql, times):
    """The baseline: the rows of one page by SQL alone."""
    took = [_bare(sql) for _ in range(times)]
    print(f"bare SQL of {name}: p50 {at(0.5, took):.2f} ms, p95 {at(0.95, took):.2f} ms")


def far(rows):
    return rows[int(FAR * rows.count())]


def _measured(reader, case, times):
    answers = [reader.get(case.path) for _ in range(2 + times)][2:]
    if {answer.status for answer in answers} != {200}:
        raise SystemExit(f"{case} answers {answers[0].status}")
    return Measured(case, answers)


def _tell(measured):
    rows = []
    for page, some in groupby(measured, key=lambda one: one.case.page):
        theirs = list(some)
        worst = max(theirs, key=lambda one: one.share)
        answers = [answer for one in theirs for answer in one.answers]
        rows.append(
            [
                f"{worst.case.role} {page}",
                len(theirs),
                max(one.queries for one in theirs),
                at(0.5, [answer.cpu_ms for answer in answers]),
                at(0.5, [answer.db_ms for answer in answers]),
                at(0.5, [answer.server_ms for answer in answers]),
                at(0.95, [answer.server_ms for answer in answers]),
                worst.p95,
                worst.case.name,
                sum(one.is_short for one in theirs),
            ]
        )
    table(
        rows,
        *("page", "cases", "queries", "p50 cpu", "p50 db", "p50 ms", "p95 ms"),
        *("worst p95", "which", "short"),
    )


def _tell_queries(reader, case):
    print(f"  slow: {case.role} {case.path}")
    for ms, sql in sorted(reader.queries(case.path), reverse=True)[:2]:
        brief = re.sub(r'SELECT "(?:.(?!SELECT))*? FROM', "SELECT … FROM", " ".join(sql.split()))
        print(f"    {ms:.1f} ms  {brief[:400]}")


def _bare(sql):
    with clock() as took, connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()
    return took.seconds * 1000
