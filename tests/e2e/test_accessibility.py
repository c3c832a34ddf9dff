"""axe finds nothing at WCAG 2.2 AA: pages, open dialogs and grids, after swaps, both themes."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import agreements, checking
from handoff.answering import answer
from intake import importing, jobs, undoing
from intake.models import Site
from leads.models import Campaign, CampaignCost, Lead, LeadEvent
from leads.perform import perform
from notify import reactions
from scoring import computing, versions
from scoring.models import Computation
from tests.e2e.axe import axe, looks
from tests.factories import WorkCalendarFactory
from tests.scoring.reports import calibrated

FILE = (
    "Visitors\n\nName,E-mail,Hall,Since,Badge\n"
    "Ilse Janssens,ilse@kempen.example,3,3/4/2026,Visitor\n"
    "Somebody,not an address,2,5/4/2026,Visitor\n"
)


@pytest.fixture(scope="module")
def busy(market):
    """Something to see on every page. {what: its address}."""
    market.mqls(3)
    (sal,) = market.accepted(1, market.tomas)
    offer, _other = market.offers(2, market.tomas)
    told(market)
    now = timezone.now()
    to_map, done, tried, undone = (
        jobs.upload(io.BytesIO(FILE.encode()), name="fair.csv", by=market.ivana, now=now)
        for _ in range(4)
    )
    for job in (undone, done, tried):
        jobs.start(job, job.mapping, ring_worker=False, trial=job == tried)
        importing.run(job.pk, now=now)
        if job == undone:
            undoing.start(job, by=market.ivana, now=timezone.now(), ring_worker=False)
            importing.run(job.pk, now=now)
    fair = Campaign.objects.create(name="Fair", channel="Fair", utm_campaign="fair*")
    CampaignCost.objects.create(campaign=fair, on=now, amount=1200)
    Lead.objects.filter(pk=sal.pk).update(campaign=fair)
    site = Site.objects.create(origin="https://www.halden.example", name="Halden")
    agreement = agreements.in_force()
    draft = versions.duplicate(agreement.scoring_model)
    computing.run(_preview(draft, 12, now).pk)
    _preview(draft, 4, now)  # which no worker takes
    computing.run(checking.ask(by=None, now=now).pk)
    preview = reverse("handoff:preview_model", args=[draft.version])
    draft.rules.filter(name="Looked at prices").update(points=7, decay_days=10)
    draft.rules.filter(name="Asked for a demo").delete()
    calibrated(draft, cautions=["Low confidence."])
    calibrated(agreement.scoring_model, "running")
    model = reverse("scoring:model", args=[draft.version])
    proposed = agreements.duplicate(agreement)
    proposed.vetoes.first().delete()
    return {
        "preview": preview,
        "preview running": f"{preview}?weeks=4",
        "lead": offer.get_absolute_url(),
        "sal": sal.get_absolute_url(),
        "discovery": reverse("handoff:discovery", args=[sal.pk]),
        "bant": reverse("handoff:bant", args=[offer.pk]),
        "churn": reverse("handoff:churn", args=[sal.pk]),
        "edit": reverse("leads:edit", args=[sal.pk]),
        "reject": reverse("leads:act", args=[offer.pk, "reject"]),
        "campaign": fair.get_absolute_url(),
        "admin campaign": reverse("admin:leads_campaign_change", args=[fair.pk]),
        "admin site": reverse("admin:intake_site_change", args=[site.pk]),
        "map": reverse("intake:map", args=[to_map.pk]),
        "result": reverse("intake:detail", args=[done.pk]),
        "tried": reverse("intake:try", args=[tried.pk]),
        "undone": reverse("intake:detail", args=[undone.pk]),
        "roll back": reverse("intake:roll_back", args=[done.pk]),
        "rules": model,
        "difference": reverse(
            "scoring:against", args=[draft.version, agreement.scoring_model.version]
        ),
        "try": f"{model}try/?q=hal",
        "try one": f"{model}try/?lead={sal.pk}",
        "calibration": f"{model}calibration/",
        "calibrating": reverse("scoring:calibration", args=[agreement.scoring_model.version]),
        "agreement draft": reverse("handoff:agreement_version", args=[proposed.version]),
        "agreement difference": reverse(
            "handoff:agreement_compare", args=[proposed.version, agreement.version]
        ),
        "admin agreement": reverse("admin:handoff_agreement_change", args=[agreement.pk]),
        "admin model": reverse(
            "admin:scoring_scoringmodel_change", args=[agreement.scoring_model_id]
        ),
        "admin calendar": reverse(
            "admin:accounts_workcalendar_change", args=[WorkCalendarFactory(country="PL").pk]
        ),
    }


def told(market):
    """Two decisions of sales, one of them disputed, and notices of both."""
    for lead in market.offers(2, market.tomas):
        perform(lead, "reject", by=market.tomas, reason="low_intent", note="A brochure.")
    now = timezone.now()
    answer(lead.events.get(name="reject").pk, "dispute", note="Why?", by=market.ivana, now=now)
    reactions.tell(list(LeadEvent.objects.values_list("pk", flat=True)), now=now)


def _preview(draft, weeks, now):
    params = {"model": draft.version, "weeks": weeks}
    return Computation.objects.create(
        kind="preview", params=params, created_at=now, heartbeat_at=now
    )


def open_tables(page):
    page.locator("figure canvas").first.wait_for()
    for table in page.locator("figure summary").all():
        table.click()


def press(*keys):
    def steps(page):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)

    return steps


def open_action(page):
    page.locator("#lead .page-head a[hx-get]").first.click()
    page.locator("dialog[open] form").first.wait_for()


def open_deal(page):
    page.locator("details.offer-deal summary").first.click()


def claim_nobody(page):
    page.get_by_role("button", name="Claim").click()
    page.locator(".errorlist").first.wait_for()


def choose_outcome(page):
    page.locator("label:has([name=outcome][value=nurture])").click()
    page.locator("#rail [data-reasons]").wait_for()


def refuse(page):
    page.locator("label:has([name=outcome][value=ready])").click()  # a draft may say something else
    page.get_by_role("button", name="Qualify as SQL").click()
    page.locator("[aria-invalid=true], .errorlist").first.wait_for()


def dispute_nothing(page):
    page.keyboard.press("a")
    page.get_by_role("button", name="Dispute", exact=True).click()
    page.locator(".errorlist").wait_for()


def import_nothing(page):
    page.get_by_role("button", name="Import as a draft").click()
    page.locator(".errorlist").wait_for()


def map_nothing(page):
    page.locator(".values summary").first.click()
    for becomes in page.locator("[name$='-to']").all():
        becomes.select_option("")
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("[role=alert]").first.wait_for()


def make_key(page):
    page.get_by_label("Name").fill("CRM, nightly")
    page.get_by_label("Read handoffs").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#secret").wait_for()


VIEWS = {
    "sign-in": (None, "/account/login/", None),
    "not found": ("ivana", "/leads/999999/", None),
    "today of a marketer": ("ivana", "/", None),
    "today of a rep": ("tomas", "/", None),
    "today of the team": ("tomas", "/?due=team", None),
    "today of a manager": ("marta", "/", None),
    "keys": ("ivana", "/leads/", press("?")),
    "leads": ("ivana", "/leads/", None),
    "leads selected": ("ivana", "/leads/", press("j", "x")),
    "leads of nobody": ("ivana", "/leads/?q=nobodyhasthisname", None),
    "lead": ("tomas", "lead", None),
    "lead in a dialog": ("tomas", "lead", open_action),
    "lead to call": ("tomas", "sal", None),
    "action as a page": ("tomas", "reject", None),
    "edit": ("ivana", "edit", None),
    "review": ("ivana", "/review/", None),
    "review with reasons": ("ivana", "/review/", press("n")),
    "review selected": ("ivana", "/review/", press("j", "x")),
    "review empty": ("ivana", "/review/?tab=recycled", None),
    "inbox": ("tomas", "/inbox/", None),
    "inbox with reasons": ("tomas", "/inbox/", press("r", "c")),
    "inbox with a pause": ("tomas", "/inbox/", press("h")),
    "inbox with a deal": ("tomas", "/inbox/", open_deal),
    "inbox empty": ("lena", "/inbox/", None),
    "inbox of the team": ("claire", "/inbox/team/", None),
    "inbox claim": ("tomas", "/inbox/claim/?q=halden", None),
    "inbox claim refused": ("tomas", "/inbox/claim/", claim_nobody),
    "inbox of a manager": ("claire", "/inbox/", None),
    "feedback": ("ivana", "/feedback/", None),
    "feedback to answer": ("ivana", "/feedback/", press("a")),
    "feedback refused": ("ivana", "/feedback/", dispute_nothing),
    "feedback to settle": ("claire", "/feedback/", press("s")),
    "feedback empty": ("marta", "/feedback/", None),
    "content": ("ivana", "/feedback/?tab=content", None),
    "notices": ("ivana", "/notices/", None),
    "notices of nobody": ("lena", "/notices/", None),
    "discovery": ("tomas", "discovery", None),
    "discovery to nurture": ("tomas", "discovery", choose_outcome),
    "discovery refused": ("tomas", "discovery", refuse),
    "BANT so far": ("ivana", "bant", None),
    "churn": ("claire", "churn", None),
    "pipeline": ("tomas", "/pipeline/", None),
    "pipeline of a manager": ("claire", "/pipeline/", press("j")),
    "pipeline empty": ("lena", "/pipeline/", None),
    "imports": ("ivana", "/imports/", None),
    "import to map": ("ivana", "map", None),
    "import refused": ("ivana", "map", map_nothing),
    "import done": ("ivana", "result", None),
    "import tried": ("ivana", "tried", None),
    "import rolled back": ("ivana", "undone", None),
    "import to roll back": ("ivana", "roll back", None),
    "scoring": ("ivana", "/scoring/", None),
    "scoring of a draft": ("marta", "rules", None),
    "scoring difference": ("ivana", "difference", None),
    "scoring import": ("marta", "/scoring/import/", import_nothing),
    "scoring test bench": ("ivana", "try", None),
    "scoring of one lead": ("ivana", "try one", None),
    "calibration": ("marta", "calibration", None),
    "calibration running": ("ivana", "calibrating", None),
    "activity classes": ("ivana", "/leads/classes/", None),
    "preview": ("marta", "preview", open_tables),
    "preview running": ("marta", "preview running", None),
    "preview not computed": ("ivana", "/scoring/models/1/preview/", None),
    "campaigns": ("ivana", "/campaigns/", None),
    "campaign": ("marta", "campaign", None),
    "admin campaign": ("marta", "admin campaign", None),
    "admin site": ("marta", "admin site", None),
    "scorecard": ("ivana", "/insights/scorecard/", None),
    "checks": ("claire", "/checks/", None),
    "routing": ("claire", "/routing/", None),
    "admin": ("marta", "/admin/", None),
    "admin routing": ("marta", "/admin/handoff/routingrule/", None),
    "admin routing rule": ("marta", "/admin/handoff/routingrule/add/", None),
    "admin seats": ("marta", "/admin/handoff/rotationseat/", None),
    "agreement": ("ivana", "/agreement/", None),
    "agreement versions": ("ivana", "/agreement/versions/", None),
    "agreement draft": ("marta", "agreement draft", None),
    "agreement difference": ("marta", "agreement difference", None),
    "admin agreement": ("marta", "admin agreement", None),
    "admin scoring model": ("marta", "admin model", None),
    "admin calendar": ("marta", "admin calendar", None),
    "admin absence": ("marta", "/admin/accounts/absence/add/", None),
    "API": ("ivana", "/api/v1/docs", None),
    "admin new key": ("marta", "/admin/accounts/apikey/add/", None),
    "admin key made": ("marta", "/admin/accounts/apikey/add/", make_key),
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(tab, market, busy, view):
    who, url, steps = VIEWS[view]
    page = tab(getattr(market, who) if who else None, reduced_motion="reduce")
    page.goto(busy.get(url, url))
    if steps:
        steps(page)
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])


def test_axe_finds_nothing_after_a_swap_and_beside_a_toast(tab, market, busy):
    page = tab(market.ivana, reduced_motion="reduce")
    page.goto("/review/")
    page.keyboard.press("a")
    page.locator("#toasts [data-undo]").wait_for()
    assert not axe(page)
    page.emulate_media(color_scheme="dark")
    assert not axe(page, "dark")
