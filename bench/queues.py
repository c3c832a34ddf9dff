"""Review and inbox when everything waits: most of the leads in them, nobody comes after."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from bench import crowd, database, market, pages
from bench.figures import Verdict
from bench.pages import MS, QUERIES, Case, far
from handoff.inbox import offers
from handoff.review import PAGE, TABS, in_tab

BARE = {
    "20 MQLs": """
        SELECT * FROM leads_lead WHERE stage = 'mql' ORDER BY score DESC, id DESC LIMIT 20""",
    "12 offers": """
        SELECT * FROM leads_lead WHERE stage = 'handed_off' ORDER BY due_at, id LIMIT 12""",
}


def run(small):
    leads, times = (15_000, 6) if small else (300_000, 30)
    print(f"\n{leads:,} leads, two of three open")
    name = f"leadops_bench_full_{leads}"
    database.filled(name, lambda: market.fill(leads, mix="full"))
    for rows, sql in BARE.items():
        pages.tell_bare(rows, sql, times)
    people = crowd.present()
    readers = {"marketer": people.marketers[0], "rep": people.reps[0]}
    readers["manager"] = people.managers[1]
    found = pages.measure(readers, cases, times)
    worst = max(found, key=lambda one: one.share)
    most = max(one.queries for one in found)
    ok = not any(one.is_short for one in found)
    figure = f"{worst.p95:.0f}ms,{most}queries"
    return Verdict(figure, f"p95<={MS}ms,<={QUERIES}queries", ok)


def cases(role, user):
    return _review(role, user) if role == "marketer" else _inbox(role, user)


def _review(role, user):
    url = reverse("handoff:review")
    for tab in TABS:
        rows = in_tab(user, tab, timezone.now())
        print(f"review {tab}: {rows.count():,} leads")
        yield Case("review", role, tab, f"{url}?tab={tab}")
        if rows[PAGE : PAGE + 1]:
            lead = far(rows)
            after = urlencode({"tab": tab, "after": f"{lead.score}_{lead.pk}"})
            yield Case("review", role, f"{tab} far", f"{url}?{after}")


def _inbox(role, user):
    url = reverse("handoff:inbox")
    for scope, query in {"mine": "", "team": "team&"}.items():
        rows = offers(user, scope)
        print(f"{role} inbox {scope}: {rows.count():,} offers")
        yield Case("inbox", role, scope, f"{url}?{query}")
        if rows:
            lead = far(rows)
            after = urlencode({"after": f"{lead.due_at.isoformat()}_{lead.pk}"})
            yield Case("inbox", role, f"{scope} far", f"{url}?{query}{after}")
