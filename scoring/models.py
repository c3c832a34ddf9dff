"""A scoring model is a version: draft, then published and never changed again."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from leads.conditions import ConditionField, words

_ONLY_DRAFTS = """
    IF EXISTS (
        SELECT 1 FROM scoring_scoringmodel
        WHERE id IN (NEW.model_id, OLD.model_id) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a published scoring model cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class ScoringModel(models.Model):
    """Fit letter: A from `fit_a` points, B from `fit_b`, C from `fit_c`, else D; engagement
    number: 1 from `engagement_1`, 2, 3, else 4. Empty caps: none."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=120)
    fit_cap = models.DecimalField(
        "fit counts up to", max_digits=7, decimal_places=2, null=True, blank=True
    )
    engagement_cap = models.DecimalField(
        "engagement counts up to", max_digits=7, decimal_places=2, null=True, blank=True
    )
    fit_a = models.DecimalField("A from", max_digits=7, decimal_places=2, default=40)
    fit_b = models.DecimalField("B from", max_digits=7, decimal_places=2, default=25)
    fit_c = models.DecimalField("C from", max_digits=7, decimal_places=2, default=10)
    engagement_1 = models.DecimalField("1 from", max_digits=7, decimal_places=2, default=40)
    engagement_2 = models.DecimalField("2 from", max_digits=7, decimal_places=2, default=25)
    engagement_3 = models.DecimalField("3 from", max_digits=7, decimal_places=2, default=10)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="model_bands_descend",
                condition=Q(fit_a__gte=F("fit_b"), fit_b__gte=F("fit_c"))
                & Q(engagement_1__gte=F("engagement_2"), engagement_2__gte=F("engagement_3")),
                violation_error_message="The points of a better band cannot be lower: "
                "A ≥ B ≥ C and 1 ≥ 2 ≥ 3.",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.name} (model v{self.version})"

    @property
    def is_published(self):
        return self.published_at is not None


class Rule(models.Model):
    """`points` when the condition holds; on activities, `points` each, up to `cap` in all."""

    class Kind(models.TextChoices):
        FIT = "fit", "Fit: who they are"
        ENGAGEMENT = "engagement", "Engagement: what they did"

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120, blank=True, help_text="Empty: the condition in words.")
    condition = ConditionField()
    points = models.DecimalField(max_digits=7, decimal_places=2)
    cap = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Points at most. Empty: none.",
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-kind", "order", "id"]  # fit first
        constraints = [
            models.CheckConstraint(
                name="rule_kind_known", condition=Q(kind__in=["fit", "engagement"])
            ),
            models.CheckConstraint(
                name="rule_cap_not_negative", condition=Q(cap=None) | Q(cap__gte=0)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_in_drafts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_ONLY_DRAFTS,
            )
        ]

    def __str__(self):
        return self.name or words(self.condition)
