"""What `manage.py screenshots` takes: every page of the demo, as the person whose page it is."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from handoff import agreements, proposing
from handoff.models import Agreement
from handoff.preview import subject
from intake import importing, jobs, submissions, undoing
from intake.models import ImportJob
from leads.duplicates import searching
from leads.lifecycle import HANDED_OFF, MQL, SAL
from leads.models import Campaign, DuplicatePair, Lead
from scoring import computing, firing, versions
from scoring.models import Computation, Rule, ScoringModel

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a person does on the page before the picture.
Steps = Callable[["Page"], Any]


@dataclass(frozen=True)
class Picture:
    name: str
    by: User | None  # None: nobody is signed in
    url: str
    steps: Steps | None = None


def pictures(people: dict[str, User], now: datetime) -> Iterator[Picture]:
    """All pages. `people`: the demo's, by first name."""
    ivana, marta, claire = people["Ivana"], people["Marta"], people["Claire"]
    rep = _busiest_rep()
    yield Picture("sign-in", None, reverse("account_login"))
    yield Picture("today-marketer", ivana, "/")
    yield Picture("today-rep", rep, "/")
    yield Picture("today-manager", marta, "/")
    yield Picture("leads", ivana, reverse("leads:list"))
    yield Picture("leads-filtered", ivana, reverse("leads:list") + "?q=hal&sort=-created_at")
    yield from _lead_pictures(ivana, rep)
    yield from _duplicate_pictures(ivana, now)
    yield Picture("review", ivana, reverse("handoff:review"))
    yield Picture("review-reasons", ivana, reverse("handoff:review"), _press("n"))
    yield Picture("review-selected", ivana, reverse("handoff:review"), _press("x", "j", "x"))
    yield Picture("keys", ivana, reverse("handoff:review"), _press("?"))
    yield Picture("inbox", rep, reverse("handoff:inbox"))
    yield Picture("inbox-reasons", rep, reverse("handoff:inbox"), _press("r", "c"))
    yield Picture("inbox-manager", claire, reverse("handoff:inbox"))
    yield from _feedback_pictures(ivana, claire)
    yield Picture("pipeline", rep, reverse("handoff:pipeline"), _press("j"))
    yield Picture("pipeline-manager", claire, reverse("handoff:pipeline"))
    yield from _scoring_pictures(marta, now)
    yield from _import_pictures(ivana, now)
    yield from _form_pictures(ivana, marta)
    yield from _preview_pictures(marta, now)
    yield from _agreement_pictures(ivana, marta, now)
    yield from _admin_pictures(marta)
    yield from _campaign_pictures(ivana)
    yield Picture("api", ivana, reverse("docs"))
    yield Picture("scorecard", marta, reverse("insights:scorecard"))
    yield Picture("checks", claire, reverse("handoff:checks"))
    yield Picture("privacy", claire, reverse("privacy:page") + "?counts=1")
    if person := Lead.objects.filter(stage=MQL).order_by("pk").first():
        yield Picture("privacy-person", claire, reverse("privacy:person", args=[person.pk]))


def _lead_pictures(marketer: User, rep: User) -> Iterator[Picture]:
    leads = Lead.objects.annotate(told=Count("events", distinct=True))
    longest = leads.order_by("-told", "pk").first()
    mql = leads.filter(stage=MQL, company__isnull=False).order_by("-score", "pk").first()
    called = leads.filter(stage=SAL, owner=rep).order_by("due_at", "pk").first()
    if longest:
        yield Picture("lead", marketer, longest.get_absolute_url())
    if mql:
        yield Picture("lead-mql", marketer, mql.get_absolute_url())
        yield Picture("lead-action", marketer, mql.get_absolute_url(), _press("n"))
        edit = reverse("leads:edit", args=[mql.pk])
        yield Picture("lead-edit", marketer, edit)
        yield Picture("lead-consent", marketer, reverse("leads:consent", args=[mql.pk]))
    if called:
        yield Picture("discovery", rep, reverse("handoff:discovery", args=[called.pk]))


def _campaign_pictures(marketer: User) -> Iterator[Picture]:
    yield Picture("campaigns", marketer, reverse("campaigns:list"))
    if campaign := Campaign.objects.order_by("pk").first():
        yield Picture("campaign", marketer, campaign.get_absolute_url())


def _duplicate_pictures(marketer: User, now: datetime) -> Iterator[Picture]:
    searching.catch_up(now)
    yield Picture("lead-new", marketer, reverse("leads:new"))
    yield Picture("duplicates", marketer, reverse("duplicates:list"))
    if pair := DuplicatePair.objects.filter(state="open").order_by("-likeness", "-pk").first():
        url = reverse("duplicates:compare", args=[pair.one_id, pair.other_id])
        yield Picture("duplicates-merge", marketer, url)


def _feedback_pictures(marketer: User, settles: User) -> Iterator[Picture]:
    at = reverse("handoff:feedback")
    yield Picture("feedback", marketer, f"{at}?whose=all")
    yield Picture("feedback-answer", marketer, f"{at}?tab=told", _press("a"))
    yield Picture("feedback-disputes", settles, at)
    yield Picture("feedback-content", marketer, f"{at}?tab=content")
    yield Picture("notices", marketer, reverse("notify:notices"))


def _scoring_pictures(manager: User, now: datetime) -> Iterator[Picture]:
    """Of the newest version, with what its rules found."""
    model = ScoringModel.objects.order_by("-version").first()
    lead = Lead.objects.filter(stage=MQL).order_by("-score", "pk").first()
    if model is None:
        return
    computing.run(firing.ask(model.version, by=manager, now=now).pk)
    at = reverse("scoring:model", args=[model.version])
    yield Picture("scoring", manager, at)
    yield Picture("scoring-calibration", manager, f"{at}calibration/")
    yield Picture("scoring-import", manager, reverse("scoring:import"))
    if lead:
        yield Picture("scoring-try", manager, f"{at}try/?lead={lead.pk}")
    if older := ScoringModel.objects.filter(version__lt=model.version).first():
        yield Picture("scoring-difference", manager, f"{at}against/{older.version}/")


def _import_pictures(marketer: User, now: datetime) -> Iterator[Picture]:
    to_map = _import(marketer, now, ImportJob.State.UPLOADED)
    undone = _import(marketer, now, ImportJob.State.UNDONE)  # first, while the file brings news
    done = _import(marketer, now, ImportJob.State.DONE)
    yield Picture("imports", marketer, reverse("intake:list"))
    yield Picture("imports-map", marketer, reverse("intake:map", args=[to_map.pk]))
    yield Picture("imports-result", marketer, reverse("intake:detail", args=[done.pk]))
    yield Picture("imports-roll-back", marketer, reverse("intake:roll_back", args=[done.pk]))
    yield Picture("imports-undone", marketer, reverse("intake:detail", args=[undone.pk]))
    jobs.start(to_map, to_map.mapping, ring_worker=False, trial=True)
    importing.run(to_map.pk, now=now)
    yield Picture("imports-try", marketer, reverse("intake:try", args=[to_map.pk]))


def _form_pictures(marketer: User, manager: User) -> Iterator[Picture]:
    """Of the form by which most came in."""
    form = submissions.forms().order_by("-total", "pk").first()
    yield Picture("forms", marketer, reverse("forms:list"))
    if form:
        yield Picture("form", marketer, reverse("forms:detail", args=[form.pk]))
        change = reverse("admin:intake_captureform_change", args=[form.pk])
        yield Picture("admin-form", manager, change)
        yield Picture("hosted", None, form.get_absolute_url())
        yield Picture("hosted-thanks", None, f"{form.get_absolute_url()}thanks/?mail")


def _preview_pictures(manager: User, now: datetime) -> Iterator[Picture]:
    """Of the newest draft; of one in which visits to prices fade when there is none."""
    agreement = agreements.in_force()
    if agreement is None:
        return
    drafts = ScoringModel.objects.filter(published_at=None).order_by("pk")
    draft = drafts.last() or _fading(versions.duplicate(agreement.scoring_model))
    row = Computation.objects.create(
        kind=subject.KIND,
        params={"model": draft.version, "weeks": 12},
        created_by=manager,
        created_at=now,
        heartbeat_at=now,
    )
    computing.run(row.pk)
    url = reverse("handoff:preview_model", args=[draft.version])
    yield Picture("preview", manager, url, _drawn)
    yield Picture("preview-leaves", manager, f"{url}?list=leaves#moves", _drawn)


def _drawn(page: "Page") -> None:
    """The charts have come to rest."""
    page.locator("figure canvas").first.wait_for()
    page.wait_for_timeout(1_200)


def _fading(draft: ScoringModel) -> ScoringModel:
    fade = {"decay": Rule.Decay.HALF_LIFE, "decay_days": 14}
    draft.rules.filter(kind="engagement", condition__did="page_view").update(**fade)
    return draft


def _import(by: User, now: datetime, state: str) -> ImportJob:
    """One that is in this state; made from a small file of a fair when there is none."""
    if job := ImportJob.objects.filter(state=state).order_by("pk").last():
        return job
    job = jobs.upload(io.BytesIO(_FAIR.encode()), name="hannover-fair.csv", by=by, now=now)
    if state != ImportJob.State.UPLOADED:
        jobs.start(job, job.mapping, ring_worker=False)
        importing.run(job.pk, now=now)
    if state == ImportJob.State.UNDONE:
        job.refresh_from_db()
        if undoing.may_undo(job, now):
            undoing.start(job, by=by, now=now, ring_worker=False)
            importing.run(job.pk, now=now)
    job.refresh_from_db()
    return job


def _agreement_pictures(reader: User, manager: User, now: datetime) -> Iterator[Picture]:
    """In force, and as a next version that both sides are about to sign."""
    current = agreements.in_force()
    if current is None:
        return
    yield Picture("agreement", reader, reverse("handoff:agreement"))
    yield Picture("agreement-versions", reader, reverse("handoff:agreement_versions"))
    proposed = Agreement.objects.filter(status="proposed").first() or _proposed(
        current, manager, now
    )
    computing.run(
        Computation.objects.create(
            kind=subject.KIND,
            params={"agreement": proposed.version, "weeks": 12},
            created_by=manager,
            created_at=now,
            heartbeat_at=now,
        ).pk
    )
    read = reverse("handoff:agreement_version", args=[proposed.version])
    yield Picture("agreement-proposed", manager, read)
    against = [proposed.version, current.version]
    yield Picture(
        "agreement-difference", manager, reverse("handoff:agreement_compare", args=against)
    )
    sign = reverse("admin:handoff_agreement_change", args=[proposed.pk])
    yield Picture("admin-agreement-sign", manager, sign)


def _proposed(current: Agreement, manager: User, now: datetime) -> Agreement:
    draft = agreements.duplicate(current)
    draft.automatic_hours, draft.decide_hours = 2, 8
    draft.save()
    draft.matrix.filter(grade="C2").update(action="review")
    draft.vetoes.order_by("pk")[:1].get().delete()
    proposing.comment(draft, by=manager, text="Eight hours: they answer by then anyway.", now=now)
    return proposing.propose_version(draft, by=manager, now=now)


def _admin_pictures(manager: User) -> Iterator[Picture]:
    yield Picture("admin-new-key", manager, reverse("admin:accounts_apikey_add"))
    yield Picture("admin", manager, reverse("admin:index"))
    yield Picture("admin-agreements", manager, reverse("admin:handoff_agreement_changelist"))
    if agreement := agreements.in_force():
        change = reverse("admin:handoff_agreement_change", args=[agreement.pk])
        yield Picture("admin-agreement", manager, change)
        model = agreement.scoring_model.pk
        change = reverse("admin:scoring_scoringmodel_change", args=[model])
        yield Picture("admin-scoring-model", manager, change)


def _busiest_rep() -> User:
    offers = Lead.objects.filter(stage=HANDED_OFF, owner__isnull=False)
    busiest = offers.values("owner").annotate(n=Count("pk")).order_by("-n", "owner")[0]
    return User.objects.get(pk=busiest["owner"])


def _press(*keys: str) -> Steps:
    def steps(page: "Page") -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(200)

    return steps


_FAIR = """Name,E-mail,Phone,Job title,Company,Country,Hall,Visited us,Deal won
Ilse Janssens,ilse.janssens@kempen.example,+32 14 55 01 42,Plant manager,Kempen Packaging,BE,3,2,no
Mikael Lund,mikael.lund@skagen.example,+45 98 55 01 07,Energy manager,Skagen Seafood,DK,1,1,no
Katarzyna Wójcik,katarzyna@wisla.example,+48 22 555 01 19,Head of operations,Wisła Papier,PL,4,3,yes
Somebody,not an address,,,,,2,1,
Julien Perrin,julien.perrin@isere.example,+33 4 55 01 90 12,Buyer,Isère Fonderie,FR,1,1,no
"""
