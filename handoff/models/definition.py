"""The definition of an MQL in an agreement: matrix, paths, vetoes and required data."""

from django.db import models
from django.db.models import Q

from handoff.models.agreement import Agreement, only_in_drafts
from leads.conditions import ConditionField


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
    at_once = models.BooleanField(
        "hand off at once", default=False, help_text="Without a review, at any grade."
    )

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
