"""Lead: one person's enquiry. The machine itself stands in leads/lifecycle.py."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django_fsm import FSMModelMixin

from leads.lifecycle import Hold, LeadLifecycle, Stage
from leads.models.change import LEAD_FACTS, mark_stale, record_changes
from leads.phones import MOST, PhoneKey
from leads.querysets import LeadQuerySet
from leads.searching import keep_search


class Lead(FSMModelMixin, LeadLifecycle):
    email = models.EmailField(max_length=254, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=MOST, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=80, blank=True)
    company = models.ForeignKey(
        "leads.Company",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="leads",
        db_index=False,
    )
    interest = models.CharField(max_length=120, blank=True)  # product or area
    source = models.CharField(max_length=100, blank=True)
    campaign = models.ForeignKey("leads.Campaign", null=True, blank=True, on_delete=models.SET_NULL)
    referred_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, db_index=False
    )
    # Somebody found out that this is the person of another lead (leads/models/merge.py).
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        db_index=False,
    )
    consent_basis = models.CharField(max_length=120, blank=True)
    do_not_contact = models.BooleanField(default=False)  # suppressed, for ever
    on_target_list = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Nothing of the person is left in this row and what points to it (leads/erasing.py).
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    score = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    fit = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    engagement = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    grade = models.CharField(max_length=2, blank=True)  # fit A–D, engagement 1–4; "" until scored
    scored_at = models.DateTimeField(null=True, blank=True)
    scored_by = models.PositiveIntegerField(null=True, blank=True)  # version of the scoring model

    search = SearchVectorField(null=True, editable=False)  # kept by trigger
    objects = LeadQuerySet.as_manager()

    class Meta:
        permissions = [
            ("market_lead", "Review, hand off, nurture and disqualify leads"),
            ("sell_lead", "Accept, reject, claim and qualify leads"),
            ("manage_lead", "Override, reassign and reopen leads"),
            ("view_customers", "See customers"),
            ("erase_lead", "Erase people for ever"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="lead_email_once", condition=~Q(email="")),
            models.UniqueConstraint(
                fields=["external_id"], name="lead_external_id_once", condition=~Q(external_id="")
            ),
            # Who is known by phone alone is known once.
            models.UniqueConstraint(
                PhoneKey("phone"),
                Lower("last_name"),
                Lower("first_name"),
                name="lead_phone_once",
                condition=Q(email="", external_id="", merged_into=None) & ~Q(phone=""),
            ),
            models.CheckConstraint(name="lead_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="lead_hold_known", condition=Q(hold__in=Hold.values)),
            models.CheckConstraint(
                name="lead_hold_has_since",
                condition=Q(hold="", hold_at=None) | (~Q(hold="") & Q(hold_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="lead_hold_date_has_until",
                condition=Q(hold="date", hold_until__isnull=False)
                | (~Q(hold="date") & Q(hold_until=None)),
            ),
            # The table of queues (law 5): who holds a lead, and by when, in each stage.
            models.CheckConstraint(
                name="lead_marketing_holds",
                condition=~Q(stage__in=["unqualified", "mql", "nurture", "disqualified"])
                | Q(owner=None, team=None),
            ),
            models.CheckConstraint(
                name="lead_handed_off_to_somebody",
                condition=~Q(stage="handed_off") | Q(owner__isnull=False) | Q(team__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_sales_owns",
                condition=~Q(stage__in=["sal", "sql"]) | Q(owner__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_queue_has_date",
                condition=~Q(stage__in=["mql", "handed_off", "sal", "sql", "nurture"])
                | Q(due_at__isnull=False),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="lead_search"),
            # With what tells a merged lead, so that lists count by the index alone.
            models.Index(fields=["-score", "-id"], name="lead_best_first", include=["merged_into"]),
            models.Index(fields=["-created_at", "-id"], name="lead_newest_first"),
            models.Index(fields=["stage_at", "id"], name="lead_waiting_first"),
            models.Index(
                fields=["stage", "-score", "-id"], name="lead_stage_best", include=["merged_into"]
            ),
            models.Index(
                fields=["source", "-score", "-id"], name="lead_source_best", include=["merged_into"]
            ),
            models.Index(
                fields=["grade", "-score", "-id"], name="lead_grade_best", include=["merged_into"]
            ),
            models.Index(fields=["stage", "hold"], name="lead_held", condition=~Q(hold="")),
            models.Index(fields=["stage", "due_at", "id"], name="lead_stage_due"),
            # A new score moves a row in every index that holds it; so few hold all leads.
            models.Index(
                fields=["owner", "stage", "due_at"],
                name="lead_of_owner",
                condition=Q(owner__isnull=False),
            ),
            models.Index(
                fields=["team", "stage", "due_at"],
                name="lead_of_team",
                condition=Q(team__isnull=False),
            ),
            # Counted on every page of sales, among all that is offered to single people.
            models.Index(
                fields=["team", "due_at", "id"],
                name="lead_offered_to_team",
                condition=Q(stage="handed_off", owner=None),
            ),
            models.Index(
                fields=["company"], name="lead_of_company", condition=Q(company__isnull=False)
            ),
            models.Index(PhoneKey("phone"), name="lead_phone_key", condition=~Q(phone="")),
            models.Index(
                fields=["merged_into"],
                name="lead_merged",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["referred_by"],
                name="lead_referred",
                condition=Q(referred_by__isnull=False),
            ),
        ]
        triggers = [
            record_changes("lead", LEAD_FACTS),
            mark_stale("id"),
            keep_search("first_name", "last_name", "email", "phone", "external_id"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("leads:detail", args=[self.pk])

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def title(self):
        """A readable name also for a lead without one: what and where from, never a bare id."""
        if self.erased_at:
            return _("Erased person")
        if self.name:
            return self.name
        what = f"{self.interest or self.source} lead".strip().capitalize()
        if self.city:
            return f"{what} from {self.city}"
        return what if what != "Lead" else self.email or self.phone or "Lead without a name"

    @property
    def queue(self):
        """The queue that this lead stands in ("" when nobody has to act); see querysets.QUEUE."""
        if self.stage == Stage.UNQUALIFIED:
            return "data" if self.hold == Hold.DATA else "pool"
        return QUEUES.get(self.stage, "")

    @property
    def is_held(self):
        return self.hold != Hold.NONE


QUEUES = {
    Stage.MQL: "review",
    Stage.HANDED_OFF: "inbox",
    Stage.SAL: "discovery",
    Stage.SQL: "pipeline",
    Stage.NURTURE: "nurture",
}
