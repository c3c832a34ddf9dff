"""Visits of pages: the sites that may send them, who visits, and what nobody is known to have done.

Once it is known who a visitor is, visits become activities of the lead and are visits no more.
"""

from django.db import models
from django.db.models import Q

from leads.models import Activity

_TELLABLE = ("page_view", "form", "download", "webinar", "event", "contact_request", "demo_request")


class Site(models.Model):
    """Where the tracking script may run: pages of other origins are not listened to."""

    origin = models.CharField(
        max_length=200,
        unique=True,
        help_text="Scheme and host of its pages: https://www.example.com",
    )
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="site_origin_is_one",
                condition=Q(origin__regex=r"^https?://[a-z0-9._:\[\]-]+$"),
                violation_error_message="Scheme and host, in lower case and without a path: "
                "https://www.example.com",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def host(self):
        return self.origin.partition("//")[2]

    @property
    def source(self):
        """Of its activities and consents; by its name they would be new once that is changed."""
        return f"site {self.pk}"


class SiteEvent(models.Model):
    """What a named event of a site's pages is: `leadops.event("brochure")`, a download."""

    KINDS = [one for one in Activity.Kind.choices if one[0] in _TELLABLE]

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="events", db_index=False)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=KINDS)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="siteevent_once",
                violation_error_message="It is listed already.",
            ),
            models.CheckConstraint(
                name="siteevent_name_is_one",
                condition=Q(name__regex=r"^[a-z][a-z0-9_]*$"),
                violation_error_message="Small letters, digits and underscores.",
            ),
            models.CheckConstraint(name="siteevent_kind_known", condition=Q(kind__in=_TELLABLE)),
        ]

    def __str__(self):
        return f"{self.name}: {self.get_kind_display()}"


class Visitor(models.Model):
    """One browser whose person allowed tracking. `key` is what its script calls it.

    When somebody else is found to sit before it, the row ends and a new one of the same key begins.
    """

    key = models.UUIDField()
    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False)
    lead = models.ForeignKey(
        "leads.Lead", null=True, blank=True, on_delete=models.CASCADE, db_index=False
    )
    consented_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    identified_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="visitor_once", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="visitor_identified_with_lead",
                condition=Q(lead=None, identified_at=None)
                | Q(lead__isnull=False, identified_at__isnull=False),
            ),
            # An anonymous one who withdraws is forgotten.
            models.CheckConstraint(
                name="visitor_withdrawn_has_lead",
                condition=Q(withdrawn_at=None) | Q(lead__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["lead"], name="visitor_of_lead", condition=Q(lead__isnull=False)),
            models.Index(fields=["seen_at"], name="visitor_anonymous", condition=Q(lead=None)),
        ]

    def __str__(self):
        return str(self.key)


class Visit(models.Model):
    """Something that an anonymous visitor did. (visitor, external_id) makes a repeated beacon
    harmless. `name`: page_view, or as the page calls it."""

    visitor = models.ForeignKey(
        Visitor, on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    path = models.CharField(max_length=500)
    title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=500, blank=True)  # of another site
    utm = models.JSONField(default=dict, blank=True)  # {"source": "google"}
    said = models.JSONField(default=dict, blank=True)  # what a named event says of itself
    user_agent = models.CharField(max_length=300, blank=True)
    address_hash = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_class = models.CharField(
        max_length=10, choices=Activity.ActorClass, default=Activity.ActorClass.HUMAN
    )
    classified_by = models.CharField(max_length=10, blank=True)
    evidence = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visitor", "external_id"], name="visit_once"),
            models.CheckConstraint(
                name="visit_class_known", condition=Q(actor_class__in=["human", "suspected", "bot"])
            ),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="visit_recorded")]

    def __str__(self):
        return f"{self.name} {self.path}"
