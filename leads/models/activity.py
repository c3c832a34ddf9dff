"""What leads did, and which campaign or channel they met."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from leads.models.change import mark_acted, mark_stale, record_class_changes


class Touch(models.Model):
    """A lead met a campaign or channel. Immutable, because conditions read it."""

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="touches", db_index=False
    )
    campaign = models.ForeignKey("leads.Campaign", null=True, blank=True, on_delete=models.PROTECT)
    source = models.CharField(max_length=100, blank=True)
    medium = models.CharField(max_length=100, blank=True)
    term = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    landing_page = models.CharField(max_length=500, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lead", "happened_at"], name="touch_of_lead")]
        triggers = [pgtrigger.ReadOnly(name="immutable"), mark_stale("lead_id")]

    def __str__(self):
        return f"{self.source or self.campaign_id} ({self.happened_at:%Y-%m-%d})"


class Activity(models.Model):
    """One dated thing that the lead did, or that was done with the lead. Immutable.

    Only activities of class "human" count for the score; leads/bots.py or a person decides the
    class. (source, external_id) makes a repeated delivery harmless. Properties that the program
    itself reads: link, message_id, method, user_agent, seconds_after_delivery.
    """

    class Kind(models.TextChoices):
        PAGE_VIEW = "page_view", "Visited"
        FORM = "form", "Filled in a form"
        DOWNLOAD = "download", "Downloaded"
        WEBINAR = "webinar", "Attended a webinar"
        EVENT = "event", "Attended an event"
        EMAIL_OPEN = "email_open", "Opened an email"
        EMAIL_CLICK = "email_click", "Clicked in an email"
        EMAIL_REPLY = "email_reply", "Replied to an email"
        CALL = "call", "Called"
        MEETING = "meeting", "Met"
        CONTACT_REQUEST = "contact_request", "Asked to be contacted"
        DEMO_REQUEST = "demo_request", "Asked for a demo"
        NOTE = "note", "Note"

    class ActorClass(models.TextChoices):
        HUMAN = "human", "Human"
        SUSPECTED = "suspected", "Suspected bot"
        BOT = "bot", "Bot"

    class ClassifiedBy(models.TextChoices):
        """What decided the class; empty: nothing has, or whoever sent the activity."""

        LINKS = "links"
        REPEATS = "repeats"
        DELIVERY = "delivery"
        HEAD = "head"
        AGENT = "agent"
        PERSON = "person"

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="activities", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    subject = models.CharField(max_length=200, blank=True)  # a page path, a title, a mail's subject
    body = models.TextField(blank=True)
    properties = models.JSONField(default=dict, blank=True)
    actor_class = models.CharField(max_length=10, choices=ActorClass, default=ActorClass.HUMAN)
    classified_by = models.CharField(
        max_length=10, choices=ClassifiedBy, blank=True, default="", db_default=""
    )
    evidence = models.JSONField(null=True, blank=True)  # how many, within what; who said so
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="activity_once",
                condition=~models.Q(external_id=""),
            ),
            models.CheckConstraint(
                name="activity_class_known",
                condition=models.Q(actor_class__in=["human", "suspected", "bot"]),
            ),
            models.CheckConstraint(
                name="activity_classified_by_known",
                condition=models.Q(
                    classified_by__in=[
                        "",
                        "links",
                        "repeats",
                        "delivery",
                        "head",
                        "agent",
                        "person",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "-happened_at"], name="activity_of_lead"),
            # Rows come in the order of this column; a small index tells which blocks are recent.
            BrinIndex(fields=["recorded_at"], name="activity_recorded", autosummarize=True),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="immutable", exclude=["actor_class", "classified_by", "evidence"]
            ),
            record_class_changes(),
            mark_acted(),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.subject}".strip()
