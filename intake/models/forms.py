"""Capture forms: what they ask, the texts that people consent to, and what was sent."""

import re

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from leads.models import Activity, Consent

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)


def an_origin(text):
    if not _ORIGIN.fullmatch(text):
        raise ValidationError(f"“{text}” is no origin. Name one as https://www.example.com.")


class CaptureForm(models.Model):
    """A form that anybody may fill in: on a page of ours, and on the pages of `origins`."""

    class Kind(models.TextChoices):
        """The activity that filling it in is."""

        FORM = Activity.Kind.FORM.value, "A form"
        CONTACT_REQUEST = Activity.Kind.CONTACT_REQUEST.value, "A request for contact"
        DEMO_REQUEST = Activity.Kind.DEMO_REQUEST.value, "A request for a demo"
        DOWNLOAD = Activity.Kind.DOWNLOAD.value, "A download"
        WEBINAR = Activity.Kind.WEBINAR.value, "A webinar"

    RAISED = (Kind.CONTACT_REQUEST, Kind.DEMO_REQUEST)

    name = models.CharField(max_length=120, unique=True, help_text="As it stands in a timeline.")
    slug = models.SlugField(unique=True, help_text="Its address: /f/this/. Links break with it.")
    heading = models.CharField(max_length=120)
    intro = models.TextField("introduction", blank=True, max_length=2_000)
    button = models.CharField(max_length=40, default="Send")
    thanks = models.TextField("thank-you text", default="Thank you.", max_length=2_000)
    thanks_url = models.URLField(
        "thank-you page", blank=True, help_text="In place of the text: a page of yours."
    )
    kind = models.CharField("counts as", max_length=20, choices=Kind, default=Kind.FORM)
    campaign = models.ForeignKey(
        "leads.Campaign", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(
        max_length=100, default="Website", help_text="Of new leads, when the link names none."
    )
    interest = models.CharField(max_length=120, blank=True, help_text="Of new leads.")
    double_opt_in = models.BooleanField(
        default=False, help_text="Consent counts once it is confirmed by a link in an email."
    )
    origins = ArrayField(
        models.CharField(max_length=200, validators=[an_origin]),
        default=list,
        blank=True,
        verbose_name="websites",
        help_text="That may embed it, as https://www.example.com; separated by commas.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="form_kind_known",
                condition=Q(
                    kind__in=["form", "contact_request", "demo_request", "download", "webinar"]
                ),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("hosted:form", args=[self.slug])

    @property
    def door(self):
        """How it is named beside what it changed."""
        return f"form {self.slug}"


class FormField(models.Model):
    """One question. `target`: "lead.email", "company.name", "attr.code", "message", or
    "consent.name": the newest ConsentText of that name, with a box to tick."""

    form = models.ForeignKey(CaptureForm, on_delete=models.CASCADE, related_name="fields")
    target = models.CharField("asks for", max_length=90)
    label = models.CharField(max_length=120, blank=True, help_text="Empty: its usual name.")
    required = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    choices = models.TextField(blank=True, max_length=5_000, help_text="One a line.")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["form", "target"], name="form_asks_once"),
            models.CheckConstraint(
                name="form_field_target_known",
                condition=Q(target="message")
                | Q(target__startswith="lead.")
                | Q(target__startswith="company.")
                | Q(target__startswith="attr.")
                | Q(target__startswith="consent."),
            ),
        ]

    def __str__(self):
        return self.label or self.target

    @property
    def options(self):
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class ConsentText(models.Model):
    """What people consent to, word by word. A changed text is a new version; old ones stay."""

    name = models.SlugField(help_text="As newsletter; the ledger says newsletter 3.")
    version = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=20, choices=Consent.Purpose)
    text = models.TextField(max_length=5_000)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="consent_text_once"),
            models.CheckConstraint(
                name="consent_text_purpose_known",
                condition=Q(purpose__in=["marketing_email", "phone", "tracking"]),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self):
        return f"{self.name} {self.version}"


class Submission(models.Model):
    """What one person sent, kept before anything else is done with it.

    `payload`: {target: as it was typed}, of a consent the version of its text. `token` tells the
    same sending again. `why`: what made it suspected, or kept it from being taken in.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Not taken in yet"
        SUSPECTED = "suspected", "Suspected spam"
        DROPPED = "dropped", "Dropped"
        WAITING = "waiting", "Waiting for confirmation"
        CONFIRMED = "confirmed", "Confirmed"
        TAKEN_IN = "taken_in", "Taken in"

    form = models.ForeignKey(
        CaptureForm, on_delete=models.PROTECT, related_name="submissions", db_index=False
    )
    token = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    address = models.CharField(max_length=64)  # a keyed digest of the sender's
    site = models.CharField(max_length=200)  # of ours, by which it came: https://leads.example.com
    user_agent = models.CharField(max_length=300, blank=True)
    page = models.CharField(max_length=500, blank=True)  # on which the form stood
    referrer = models.CharField(max_length=500, blank=True)
    utm = models.JSONField(default=dict)  # {source, medium, campaign, term, content}
    visitor = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(
        "leads.Lead",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="submissions",
        db_index=False,
    )
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="submission_state_known",
                condition=Q(
                    state__in=[
                        "received",
                        "suspected",
                        "dropped",
                        "waiting",
                        "confirmed",
                        "taken_in",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="submission_taken_in_has_lead",
                condition=~Q(state__in=["waiting", "confirmed", "taken_in"])
                | Q(lead__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_confirmed_has_moment",
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["form", "-id"], name="submission_of_form"),
            models.Index(
                fields=["lead"], name="submission_of_lead", condition=Q(lead__isnull=False)
            ),
            models.Index(
                fields=["received_at"],
                name="submission_not_taken_in",
                condition=Q(state__in=["received", "waiting"]),
            ),
        ]

    def __str__(self):
        return self.who or f"submission {self.pk}"

    @property
    def who(self):
        """The name that was given, else the address or the number."""
        said = self.payload.get
        name = f"{said('lead.first_name', '')} {said('lead.last_name', '')}".strip()
        return name or said("lead.email") or said("lead.phone") or ""

    @property
    def said(self):
        """What was filled in; of a consent its purpose and the version of its text."""
        return " · ".join(_told(*answer) for answer in self.payload.items())

    @property
    def is_open(self):
        """Does it want a person, or another try?"""
        return self.state in (self.State.RECEIVED, self.State.SUSPECTED)


def _told(target, text):
    about, _dot, name = target.partition(".")
    return f"consent: {name} v{text}" if about == "consent" else str(text)
