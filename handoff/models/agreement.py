"""The agreement: one shared, versioned definition that two different people sign."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

# In force needs both signatures (law 3); the first signature fixes the words for ever. Since when
# it was in force, and until when, is filled in once.
_SIGNED_IS_FIXED = """
    IF to_jsonb(OLD) - '{status,in_force_from,superseded_at}'::text[]
        <> to_jsonb(NEW) - '{status,in_force_from,superseded_at}'::text[]
        OR coalesce(OLD.in_force_from <> NEW.in_force_from, OLD.in_force_from IS NOT NULL)
        OR coalesce(OLD.superseded_at <> NEW.superseded_at, OLD.superseded_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a signed agreement cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF array_position(ARRAY['signed', 'agreed', 'in_force', 'superseded'], NEW.status::text)
        < array_position(ARRAY['signed', 'agreed', 'in_force', 'superseded'], OLD.status::text)
        OR NEW.status IN ('draft', 'proposed') THEN
        RAISE EXCEPTION 'an agreement never goes back to an earlier status'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_SIGNED_BY_BOTH = """
    IF NEW.status IN ('agreed', 'in_force', 'superseded') AND (
        SELECT count(*) FROM handoff_signature WHERE agreement_id = NEW.id
    ) < 2 THEN
        RAISE EXCEPTION 'an agreement needs two signatures to be in force'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_ONLY_DRAFTS = """
    IF EXISTS (
        SELECT 1 FROM handoff_agreement
        WHERE id IN (NEW.agreement_id, OLD.agreement_id) AND status NOT IN ('draft', 'proposed')
    ) THEN
        RAISE EXCEPTION 'a signed agreement cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


EDITABLE = ("draft", "proposed")
AT_LEAST = [("partly", "at least partly"), ("yes", "yes")]


def only_in_drafts():
    """The triggers of a part of an agreement: it changes with the draft and never after."""
    return [
        pgtrigger.Trigger(
            name="only_in_drafts",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=_ONLY_DRAFTS,
        )
    ]


class Agreement(models.Model):
    """One version. Hours and minutes are business time of who has to act.

    `bant_bar` counts answers of partly or yes, `stated_bar` those of them that were stated; the
    four `…_at_least` ask for more of a single question.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        SIGNED = "signed", "Signed by one side"
        AGREED = "agreed", "Signed by both, not yet in force"
        IN_FORCE = "in_force", "In force"
        SUPERSEDED = "superseded", "Superseded"

    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    goal = models.CharField(max_length=200, blank=True, help_text="“40 new customers this year”")
    goal_customers = models.PositiveIntegerField("new customers", null=True, blank=True)
    goal_from = models.DateField("goal from", null=True, blank=True)
    goal_until = models.DateField("goal until", null=True, blank=True)
    mql_words = models.TextField("an MQL is", blank=True, max_length=1000)
    sal_words = models.TextField("a SAL is", blank=True, max_length=1000)
    sql_words = models.TextField("an SQL is", blank=True, max_length=1000)
    scoring_model = models.ForeignKey("scoring.ScoringModel", on_delete=models.PROTECT)
    calendar = models.ForeignKey(
        "accounts.WorkCalendar",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="For whoever has no calendar of their own. Empty: their clocks never stop.",
    )
    review_hours = models.PositiveSmallIntegerField("marketing decides within (hours)", default=24)
    decide_hours = models.PositiveSmallIntegerField("sales decides within (hours)", default=24)
    automatic_hours = models.PositiveSmallIntegerField(
        "sales decides an automatic handoff within (hours)", default=4
    )
    touch_minutes = models.PositiveSmallIntegerField(
        "sales touches a hand-raise within (minutes)", default=60
    )
    shown_seconds = models.PositiveSmallIntegerField(
        "a hand-raise is in an inbox within (seconds)", default=60
    )
    answer_hours = models.PositiveSmallIntegerField(
        "marketing answers a rejection within (hours)", default=16
    )
    pause_hours = models.PositiveSmallIntegerField(
        "a rep may hold a handoff once for (hours)", default=8, help_text="0: never."
    )
    attempts = models.PositiveSmallIntegerField("attempts before “unreachable”", default=6)
    attempt_days = models.PositiveSmallIntegerField("… in (business days)", default=10)
    bant_bar = models.PositiveSmallIntegerField(
        "BANT bar", default=3, help_text="How many of the four must be partly or yes for an SQL."
    )
    stated_bar = models.PositiveSmallIntegerField(
        "stated", default=0, help_text="How many of these the lead must have stated itself."
    )
    budget_at_least = models.CharField(max_length=8, choices=AT_LEAST, blank=True)
    authority_at_least = models.CharField(max_length=8, choices=AT_LEAST, blank=True)
    need_at_least = models.CharField(max_length=8, choices=AT_LEAST, blank=True)
    timeline_at_least = models.CharField(max_length=8, choices=AT_LEAST, blank=True)
    bant_before = models.PositiveSmallIntegerField(
        "BANT answers before the handoff",
        default=0,
        help_text="How many of the four somebody must have asked before marketing hands off.",
    )
    minimum_grade = models.CharField(max_length=2, blank=True, help_text="B2: B2 or better.")
    longest_nurture_days = models.PositiveSmallIntegerField("longest nurture (days)", default=365)
    exploration_share = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=0,
        help_text="Percent of the leads below the matrix, handed off to measure what it misses.",
    )
    max_cycles = models.PositiveSmallIntegerField(
        default=3, help_text="Passes of one lead without a manager's override."
    )
    automatic_cap = models.PositiveSmallIntegerField(
        "automatic handoffs a day", default=10, help_text="The rest waits for a review."
    )
    margin = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        default=5,
        help_text="Points below the band before demotion.",
    )
    starts_on = models.DateField(
        "in force from",
        null=True,
        blank=True,
        help_text="The day on which it replaces the version before. Empty: when both have signed.",
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    in_force_from = models.DateTimeField("in force since", null=True, blank=True, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        permissions = [
            ("sign_for_marketing", "Sign agreements for marketing"),
            ("sign_for_sales", "Sign agreements for sales"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], name="agreement_one_in_force", condition=Q(status="in_force")
            ),
            models.CheckConstraint(
                name="agreement_status_known",
                condition=Q(
                    status__in=["draft", "proposed", "signed", "agreed", "in_force", "superseded"]
                ),
            ),
            models.CheckConstraint(
                name="agreement_bant_bar_range",
                condition=Q(bant_bar__lte=4),
                violation_error_message="There are four BANT questions.",
            ),
            models.CheckConstraint(
                name="agreement_stated_bar_range",
                condition=Q(stated_bar__lte=F("bant_bar")),
                violation_error_message="No more can be stated than the BANT bar asks for.",
            ),
            models.CheckConstraint(
                name="agreement_bant_before_range",
                condition=Q(bant_before__lte=4),
                violation_error_message="There are four BANT questions.",
            ),
            models.CheckConstraint(
                name="agreement_goal_dates",
                condition=Q(goal_from=None) | Q(goal_until=None) | Q(goal_from__lt=F("goal_until")),
                violation_error_message="The goal ends before it begins.",
            ),
            models.CheckConstraint(
                name="agreement_minimum_grade_known",
                condition=Q(minimum_grade="") | Q(minimum_grade__regex=r"^[A-D][1-4]$"),
                violation_error_message="A grade is A to D with 1 to 4: B2.",
            ),
            models.CheckConstraint(
                name="agreement_exploration_share_range",
                condition=Q(exploration_share__gte=0, exploration_share__lte=20),
                violation_error_message="At most 20 percent.",
            ),
            models.CheckConstraint(
                name="agreement_clocks_run",
                condition=Q(
                    review_hours__gt=0,
                    decide_hours__gt=0,
                    automatic_hours__gt=0,
                    touch_minutes__gt=0,
                    shown_seconds__gt=0,
                    answer_hours__gt=0,
                    attempts__gt=0,
                    attempt_days__gt=0,
                ),
                violation_error_message="A service level is more than nothing.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status__in=["draft", "proposed"]),
                func=_SIGNED_IS_FIXED,
            ),
            pgtrigger.Protect(
                name="never_deleted_when_signed",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status__in=["draft", "proposed"]),
            ),
            pgtrigger.Trigger(
                name="signed_by_both",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
                func=_SIGNED_BY_BOTH,
            ),
        ]

    def __str__(self):
        return f"Agreement v{self.version}"

    @property
    def is_draft(self):
        """Its words may still change: the first signature fixes them."""
        return self.status in EDITABLE

    @property
    def awaits_signatures(self):
        return self.status in (*EDITABLE, self.Status.SIGNED)


class Signature(models.Model):
    """One side's signature. Two sides, two different people: held by the database."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=[("marketing", "Marketing"), ("sales", "Sales")])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side"], name="signature_side_once"),
            models.UniqueConstraint(fields=["agreement", "user"], name="signature_two_people"),
            models.CheckConstraint(
                name="signature_side_known", condition=Q(side__in=["marketing", "sales"])
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self):
        return f"{self.user} for {self.side}"
