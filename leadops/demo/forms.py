"""The two forms of the demo company, and who fills them in during the last weeks."""

from datetime import timedelta

from django.utils import timezone

from intake.confirming import confirm
from intake.filling import FilledForm
from intake.models import CaptureForm, ConsentText, FormField, Submission
from intake.senders import Sender, utm_of
from intake.stamps import Stamp
from intake.submitting import submit
from leadops.demo import names
from leads.lifecycle import UNQUALIFIED
from leads.models import Lead

LATELY = timedelta(days=14)
SITE, PAGES = "http://localhost:8000", "https://www.metering.example"
_DEMO = ["lead.email", "lead.first_name", "lead.last_name", "company.name", "attr.halls", "message"]
_PAPER = ["lead.email", "lead.first_name", "lead.last_name", "lead.job_title"]


def open_forms(campaigns):
    """A request for a demo, and a paper for which consent is confirmed by email."""
    ConsentText.objects.create(
        name="newsletter",
        purpose="marketing_email",
        text="Send me the metering letter, about once a month. I can end it at any time.",
    )
    demo = CaptureForm.objects.create(
        name="Live demo",
        slug="live-demo",
        heading="See your own load curve live",
        intro="Half an hour with an engineer, with the meters of one of your halls.",
        button="Ask for a demo",
        thanks="Thank you. An engineer calls you on the next working day.",
        kind=CaptureForm.Kind.DEMO_REQUEST,
        interest=names.INTERESTS[0],
        origins=[PAGES],
    )
    paper = CaptureForm.objects.create(
        name="Tariff guide",
        slug="tariff-guide",
        heading="Tariff guide: what a kilowatt costs",
        button="Get the guide",
        thanks="Thank you. The guide is on its way to you.",
        kind=CaptureForm.Kind.DOWNLOAD,
        campaign=campaigns["Newsletter"],
        double_opt_in=True,
        origins=[PAGES],
    )
    for form, targets in ((demo, _DEMO), (paper, _PAPER)):
        FormField.objects.bulk_create(
            FormField(form=form, target=target, order=order, required=target == "lead.email")
            for order, target in enumerate([*targets, "consent.newsletter"])
        )


def fill_in(random, now):
    """A day's submissions: of people we know and, now and then, of a program. All live."""
    known = Lead.objects.filter(stage=UNQUALIFIED, created_at__gte=now - LATELY).order_by("pk")
    for lead in random.sample(list(known), min(known.count(), 2)):
        slug = random.choice(["live-demo", "tariff-guide", "tariff-guide"])
        sent = _send(slug, random, now, **_of(lead), **{"consent.newsletter": "1"})
        if sent.state == Submission.State.WAITING:
            confirm(sent, now=now)
    if random.random() < 0.3:
        said = {"lead.email": "offer@rank.example", "message": "http://a.example " * 3}
        _send("live-demo", random, now, **said)


def _of(lead):
    return {
        "lead.email": lead.email,
        "lead.first_name": lead.first_name,
        "lead.last_name": lead.last_name,
    }


def _send(slug, random, now, **said):
    form = CaptureForm.objects.get(slug=slug)
    read = timezone.now().timestamp() - random.randint(20, 200)
    page = f"{PAGES}{random.choice(names.PAGES)}?utm_source=newsletter&utm_medium=email"
    sender = Sender(address="demo", site=SITE, user_agent="Firefox", page=page, utm=utm_of(page))
    filled = FilledForm(form, {"stamp": str(Stamp(form.pk, shown_at=read)), **said})
    if not filled.is_valid():
        raise ValueError(filled.errors.as_text())
    return submit(filled, sender, now=now)
