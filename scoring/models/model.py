"""A scoring model is a version: draft, then published and never changed again."""

from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from leads.conditions import ConditionField, words

MOST_RULES = 60  # of one model, where people or files make it

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
_GROUP_OF_ITS_KIND = """
    IF NOT EXISTS (
        SELECT 1 FROM scoring_rulegroup
        WHERE id = NEW.group_id AND model_id = NEW.model_id AND kind = NEW.kind
    ) THEN
        RAISE EXCEPTION 'a rule and its group belong to one model and are of one kind'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""


def only_in_drafts():
    """The triggers of a part of a model: it changes with the draft and never after."""
    return [
        pgtrigger.Trigger(
            name="only_in_drafts",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=_ONLY_DRAFTS,
        )
    ]


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
    standing: Any  # pages are told it by scoring/frame.py

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="model_caps_not_negative",
                condition=(Q(fit_cap=None) | Q(fit_cap__gte=0))
                & (Q(engagement_cap=None) | Q(engagement_cap__gte=0)),
                violation_error_message="A cap cannot be below zero.",
            ),
            models.CheckConstraint(
                name="model_bands_descend",
                condition=Q(fit_a__gte=F("fit_b"), fit_b__gte=F("fit_c"))
                & Q(engagement_1__gte=F("engagement_2"), engagement_2__gte=F("engagement_3")),
                violation_error_message="The points of a better band cannot be lower: "
                "A ≥ B ≥ C and 1 ≥ 2 ≥ 3.",
            ),
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


class Kind(models.TextChoices):
    FIT = "fit", "Fit: who they are"
    ENGAGEMENT = "engagement", "Engagement: what they did"


class RuleGroup(models.Model):
    """Rules of one kind that together count up to `cap` points, in either direction."""

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    cap = models.DecimalField("counts up to", max_digits=7, decimal_places=2)

    class Meta:
        ordering = ["-kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["model", "name"], name="rule_group_once"),
            models.CheckConstraint(
                name="rule_group_kind_known", condition=Q(kind__in=["fit", "engagement"])
            ),
            models.CheckConstraint(name="rule_group_cap_not_negative", condition=Q(cap__gte=0)),
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return self.name


class Rule(models.Model):
    """`points` when the condition holds; on activities, `points` each, up to `cap` in all.

    Points of an activity decay with its age in whole days: gone once it is `decay_days` old (step),
    or halved every `decay_days` (half-life).
    """

    Kind = Kind

    class Decay(models.TextChoices):
        NONE = "none", "Never"
        STEP = "step", "Gone after"
        HALF_LIFE = "half_life", "Halved every"

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="rules")
    group = models.ForeignKey(
        RuleGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="rules"
    )
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
    decay = models.CharField("points fade", max_length=10, choices=Decay, default=Decay.NONE)
    decay_days = models.PositiveSmallIntegerField(
        "days", null=True, blank=True, help_text="Only for what fades."
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
            models.CheckConstraint(
                name="rule_decay_has_days",
                condition=Q(decay="none", decay_days=None)
                | Q(decay__in=["step", "half_life"], decay_days__isnull=False, decay_days__gte=1),
                violation_error_message="What fades needs a number of days, and only that.",
            ),
            models.CheckConstraint(
                name="rule_decay_of_activities",
                condition=Q(decay="none") | Q(condition__has_key="did"),
                violation_error_message="Only points for activities can fade.",
            ),
        ]
        triggers = [
            *only_in_drafts(),
            pgtrigger.Trigger(
                name="group_is_of_its_kind",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("group_id", "model_id", "kind"),
                condition=pgtrigger.Q(new__group__isnull=False),
                func=_GROUP_OF_ITS_KIND,
            ),
        ]

    def __str__(self):
        return self.name or words(self.condition)

    def clean(self):
        if self.group and (self.group.model_id, self.group.kind) != (self.model_id, self.kind):
            raise ValidationError({"group": "The group is of another kind, or of another model."})

    @property
    def counts_activities(self):
        """Is the whole condition "did KIND …"? Then each activity counts, else the lead once."""
        return "did" in self.condition

    @property
    def fades(self):
        return self.decay != self.Decay.NONE
