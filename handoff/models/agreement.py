"""The agreement: one shared, versioned definition that two different people sign."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.conditions import ConditionField

# In force needs both signatures (law 3); the first signature fixes the words for ever. What was
# empty then (the dates) may still be filled in.
_SIGNED_IS_FIXED = """
    IF NOT jsonb_strip_nulls(to_jsonb(OLD) - 'status') <@ to_jsonb(NEW) THEN
        RAISE EXCEPTION 'a signed agreement cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF array_position(ARRAY['draft', 'signed', 'in_force', 'superseded'], NEW.status::text)
        < array_position(ARRAY['draft', 'signed', 'in_force', 'superseded'], OLD.status::text) THEN
        RAISE EXCEPTION 'an agreement never goes back to an earlier status'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
_SIGNED_BY_BOTH = """
    IF NEW.status = 'in_force' AND (
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
        WHERE id IN (NEW.agreement_id, OLD.agreement_id) AND status <> 'draft'
    ) THEN
        RAISE EXCEPTION 'a signed agreement cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


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
    """One version. Hours are wall-clock hours; `bant_bar` counts answers of partly or yes."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed by one side"
        IN_FORCE = "in_force", "In force"
        SUPERSEDED = "superseded", "Superseded"

    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    goal = models.CharField(max_length=200, blank=True, help_text="“40 new customers this year”")
    scoring_model = models.ForeignKey("scoring.ScoringModel", on_delete=models.PROTECT)
    review_hours = models.PositiveSmallIntegerField("marketing decides within (hours)", default=24)
    decide_hours = models.PositiveSmallIntegerField("sales decides within (hours)", default=24)
    bant_bar = models.PositiveSmallIntegerField(
        "BANT bar", default=3, help_text="How many of the four must be partly or yes for an SQL."
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
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    in_force_from = models.DateTimeField(null=True, blank=True, editable=False)
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
                condition=Q(status__in=["draft", "signed", "in_force", "superseded"]),
            ),
            models.CheckConstraint(
                name="agreement_bant_bar_range",
                condition=Q(bant_bar__lte=4),
                violation_error_message="There are four BANT questions.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="draft"),
                func=_SIGNED_IS_FIXED,
            ),
            pgtrigger.Protect(
                name="never_deleted_when_signed",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status="draft"),
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


class MatrixCell(models.Model):
    """What happens to a grade: automatic handoff, review, nurture, or leave."""

    class Action(models.TextChoices):
        AUTOMATIC = "automatic", "Automatic"
        REVIEW = "review", "Review"
        NURTURE = "nurture", "Nurture"
        LEAVE = "leave", "Leave"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="matrix")
    grade = models.CharField(max_length=2)
    action = models.CharField(max_length=10, choices=Action, default=Action.LEAVE)

    class Meta:
        ordering = ["grade"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "grade"], name="matrix_grade_once"),
            models.CheckConstraint(
                name="matrix_grade_known", condition=Q(grade__regex=r"^[A-D][1-4]$")
            ),
            models.CheckConstraint(
                name="matrix_action_known",
                condition=Q(action__in=["automatic", "review", "nurture", "leave"]),
            ),
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return f"{self.grade}: {self.action}"


class QualifyingPath(models.Model):
    """A way to MQL beside the matrix: a condition that qualifies at any score."""

    class Kind(models.TextChoices):
        HAND_RAISE = "hand_raise", "Hand-raise"
        TARGET_LIST = "target_list", "Target list"
        SYSTEM = "system", "Other condition"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="paths")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    condition = ConditionField()

    class Meta:
        ordering = ["id"]
        triggers = only_in_drafts()

    def __str__(self):
        return self.name


class Veto(models.Model):
    """Blocks qualifying and never changes points."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="vetoes")
    name = models.CharField(max_length=80)
    condition = ConditionField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "vetoes"
        triggers = only_in_drafts()

    def __str__(self):
        return self.name


class RequiredField(models.Model):
    """A fact of the lead that sales wants filled in before the handoff."""

    class Fact(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Phone"
        NAME = "last_name", "Name"
        JOB_TITLE = "job_title", "Title"
        COUNTRY = "country", "Country"
        COMPANY = "company", "Company"
        CONSENT = "consent_basis", "Consent basis"
        INTEREST = "interest", "Interest"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="required")
    fact = models.CharField(max_length=14, choices=Fact)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "fact"], name="required_fact_once")
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return self.get_fact_display()


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
