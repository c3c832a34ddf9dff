"""The pages that people work in all day: queries and server time, however many leads there are."""

import re
from dataclasses import dataclass
from itertools import groupby, product
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bench import crowd, database, market
from bench.figures import Verdict, at, clock, table
from bench.web import Answer, Reader, serving
from handoff.inbox import offers
from handoff.review import in_tab
from leads import paging
from leads.filters import Sort
from leads.models import Lead

QUERIES, MS, SEARCH_MS = 8, 50, 100  # the bars: of one page, p95 at the server
FILTERS = {
    "all": {},
    "stage": {"stage": "nurture"},
    "fit": {"grade": "A"},
    "grade": {"grade": "B2"},
    "source": {"source": "Webinar"},
    "campaign": {"campaign": "3"},
    "mine": {"owner": "me"},
    "queue": {"queue": "data"},
    "two": {"stage": "unqualified", "source": "Webinar"},
    "3 far hits": {"source": "Carrier pigeon"},
    "0 hits": {"source": "Nowhere"},
}
WORDS = {
    "one": "person1777",
    "name": "brandt",
    "two words": "elin novak",
    "company": "halden metal",
}
FAR = 0.9  # of the way to the end


@dataclass(frozen=True)
class Case:
    page: str
    role: str
    name: str
    path: str

    @property
    def bar(self):
        return SEARCH_MS if self.name.startswith("search") else MS


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
    def is_short(self):
        return self.p95 > self.case.bar or self.queries > QUERIES


def run(small):
    few, many, times = (2_000, 10_000, 6) if small else (2_000, 100_000, 30)
    before = _most_queries(measure(few, times, small))
    found = measure(many, times, small)
    grown = [page for page, most in _most_queries(found).items() if most > before[page]]
    for page in grown:
        print(f"more queries with more leads: {page}")
    worst = max(found, key=lambda one: one.p95 / one.case.bar)
    most = max(one.queries for one in found)
    ok = not grown and not any(one.is_short for one in found)
    figure = f"{worst.p95:.0f}ms/{worst.case.bar}ms,{most}queries,{len(grown)}grow"
    return Verdict(figure, f"p95<={MS}ms(search{SEARCH_MS}),<={QUERIES}queries,0grow", ok)


def measure(leads, times, small):
    """Every case with so many leads in the database, printed page by page."""
    print(f"\n{leads:,} leads")
    database.filled(f"leadops_bench_{leads}", lambda: market.fill(leads))
    bare = [_bare() for _ in range(times)]
    print(f"bare SQL of 50 rows: p50 {at(0.5, bare):.2f} ms, p95 {at(0.95, bare):.2f} ms")
    people = crowd.present()
    readers = {"manager": people.managers[1], "marketer": people.marketers[0]}
    readers["rep"] = people.reps[0]
    found = []
    with serving() as port:
        for role, user in readers.items():
            reader = Reader(port, crowd.session_of(user))
            theirs = [_measured(reader, case, times) for case in cases(role, user, small)]
            found += theirs
            _tell(theirs)
            slowest = max(theirs, key=lambda one: sum(answer.db_ms for answer in one.answers))
            if any(one.is_short for one in theirs):
                _tell_queries(reader, slowest.case)
    return found


def cases(role, user, small):
    visible = Lead.objects.visible_to(user)
    url = reverse("leads:list")
    chosen = {k: FILTERS[k] for k in ("all", "stage", "two", "0 hits")} if small else FILTERS
    for (name, said), sort in product(chosen.items(), Sort.values):
        if small and name != "all" and sort != Sort.BEST:
            continue
        query = said | {"sort": sort}
        yield Case("leads", role, f"{name} {sort}", f"{url}?{urlencode(query)}")
        if name in ("all", "stage"):
            rows = visible.filter(stage=said["stage"]) if said else visible
            field = sort.lstrip("-")
            order = [sort, "-pk" if sort != field else "pk"]
            far = paging.cursor(_far(rows.order_by(*order)), field)
            yield Case(
                "leads", role, f"{name} {sort} far", f"{url}?{urlencode(query | {'after': far})}"
            )
    for name, words in WORDS.items():
        yield Case("leads", role, f"search {name}", f"{url}?{urlencode({'q': words})}")
    if role != "rep":
        yield from _review(role, user)
    if role != "marketer":
        yield from _inbox(role, user)


def _review(role, user):
    url = reverse("handoff:review")
    for tab in ("ready", "recycled", "missing"):
        yield Case("review", role, tab, f"{url}?tab={tab}")
    lead = _far(in_tab(user, "ready", timezone.now()))
    yield Case("review", role, "ready far", f"{url}?after={lead.score}_{lead.pk}")
    yield Case("review", role, "opened", reverse("handoff:preview", args=[lead.pk]))


def _inbox(role, user):
    url = reverse("handoff:inbox")
    yield Case("inbox", role, "first", url)
    yield Case("inbox", role, "team", f"{url}?team")
    lead = _far(offers(user, "team"))
    far = urlencode({"after": f"{lead.due_at.isoformat()}_{lead.pk}"})
    yield Case("inbox", role, "team far", f"{url}?team&{far}")


def _far(rows):
    return rows[int(FAR * rows.count())]


def _measured(reader, case, times):
    answers = [reader.get(case.path) for _ in range(2 + times)][2:]
    if {answer.status for answer in answers} != {200}:
        raise SystemExit(f"{case} answers {answers[0].status}")
    return Measured(case, answers)


def _most_queries(measured):
    found = {}
    for one in measured:
        page = f"{one.case.role} {one.case.page}"
        found[page] = max(found.get(page, 0), one.queries)
    return found


def _tell(measured):
    rows = []
    for page, some in groupby(measured, key=lambda one: one.case.page):
        theirs = list(some)
        worst = max(theirs, key=lambda one: one.p95 / one.case.bar)
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


def _bare():
    with clock() as took, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM leads_lead ORDER BY score DESC, id DESC LIMIT 50")
        cursor.fetchall()
    return took.seconds * 1000
