"""The pages that people work in all day: queries and server time, however many leads there are."""

from functools import partial
from itertools import product
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from bench import crowd, database, market, pages
from bench.figures import Verdict
from bench.pages import MS, QUERIES, Case, far
from handoff.inbox import offers
from handoff.review import TABS, in_tab
from leads import paging
from leads.filters import Sort
from leads.models import Lead, SavedView

SEARCH_MS = 100
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


def run(small):
    few, many, times = (2_000, 10_000, 6) if small else (2_000, 100_000, 30)
    before = _most_queries(measure(few, times, small))
    found = measure(many, times, small)
    grown = [page for page, most in _most_queries(found).items() if most > before[page]]
    for page in grown:
        print(f"more queries with more leads: {page}")
    worst = max(found, key=lambda one: one.share)
    most = max(one.queries for one in found)
    ok = not grown and not any(one.is_short for one in found)
    figure = f"{worst.p95:.0f}ms/{worst.case.bar}ms,{most}queries,{len(grown)}grow"
    return Verdict(figure, f"p95<={MS}ms(search{SEARCH_MS}),<={QUERIES}queries,0grow", ok)


def measure(leads, times, small):
    """Every case with so many leads in the database."""
    print(f"\n{leads:,} leads")
    database.filled(f"leadops_bench_{leads}", lambda: market.fill(leads))
    best = "SELECT * FROM leads_lead ORDER BY score DESC, id DESC LIMIT 50"
    pages.tell_bare("50 rows", best, times)
    people = crowd.present()
    readers = {"manager": people.managers[1], "marketer": people.marketers[0]}
    readers["rep"] = people.reps[0]
    for user in readers.values():
        _save_views(user)
    return pages.measure(readers, partial(cases, small=small), times)


def _save_views(user):
    """Each has four of their own: tabs above the list."""
    for stage in ("mql", "handed_off", "nurture", "customer"):
        said = {"query": {"stage": stage}}
        SavedView.objects.get_or_create(owner=user, name=f"All {stage}", defaults=said)


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
            after = urlencode(query | {"after": paging.cursor(far(rows.order_by(*order)), field)})
            yield Case("leads", role, f"{name} {sort} far", f"{url}?{after}")
    for name, words in WORDS.items():
        path = f"{url}?{urlencode({'q': words})}"
        yield Case("leads", role, f"search {name}", path, bar=SEARCH_MS)
    if role != "rep":
        yield from _review(role, user)
    if role != "marketer":
        yield from _inbox(role, user)


def _review(role, user):
    url = reverse("handoff:review")
    for tab in TABS:
        yield Case("review", role, tab, f"{url}?tab={tab}")
    lead = far(in_tab(user, "ready", timezone.now()))
    yield Case("review", role, "ready far", f"{url}?after={lead.score}_{lead.pk}")
    yield Case("review", role, "opened", reverse("handoff:preview", args=[lead.pk]))


def _inbox(role, user):
    url = reverse("handoff:inbox")
    yield Case("inbox", role, "first", url)
    yield Case("inbox", role, "team", f"{url}?team")
    lead = far(offers(user, "team"))
    after = urlencode({"after": f"{lead.due_at.isoformat()}_{lead.pk}"})
    yield Case("inbox", role, "team far", f"{url}?team&{after}")


def _most_queries(measured):
    found = {}
    for one in measured:
        page = f"{one.case.role} {one.case.page}"
        found[page] = max(found.get(page, 0), one.queries)
    return found
