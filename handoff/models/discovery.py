"""The discovery call and what was learnt in it: outcome and BANT with evidence."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.change import mark_stale


class Discovery(models.Model):
    """One attempt at the discovery call; its outcome causes the move."""

    class Outcome(models.TextChoices):
        READY = "ready", "Ready"
        NURTURE = "nurture", "Needs nurturing"
        SUSPECT = "suspect", "Suspect"
        NO_ANSWER = "no_answer", "No answer"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="discoveries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    held_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    notes = models.TextField(blank=True)
    right_contact = models.BooleanField(null=True)
    content_helped = models.CharField(max_length=200, blank=True)
    content_missing = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "discoveries"
        constraints = [
            models.CheckConstraint(
                name="discovery_outcome_known",
                condition=Q(outcome__in=["ready", "nurture", "suspect", "no_answer"]),
            )
        ]
        indexes = [models.Index(fields=["lead", "held_at"], name="discovery_of_lead")]
        triggers = [mark_stale("lead_id")]

    def __str__(self):
        return f"discovery of lead {self.lead_id}: {self.outcome}"


class BantAnswer(models.Model):
    """Append-only: the latest row of a question is its answer, older ones are what was known."""

    class Question(models.TextChoices):
        BUDGET = "budget", "Budget"
        AUTHORITY = "authority", "Authority"
        NEED = "need", "Need"
        TIMELINE = "timeline", "Timeline"

    class Value(models.TextChoices):
        UNKNOWN = "unknown", "unknown"
        NO = "no", "no"
        PARTLY = "partly", "partly"
        YES = "yes", "yes"

    class Basis(models.TextChoices):
        STATED = "stated", "stated"
        INFERRED = "inferred", "inferred"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="bant")
    question = models.CharField(max_length=10, choices=Question)
    value = models.CharField(max_length=8, choices=Value)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.STATED)
    evidence = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bant_value_known", condition=Q(value__in=["unknown", "no", "partly", "yes"])
            ),
            models.CheckConstraint(
                name="bant_question_known",
                condition=Q(question__in=["budget", "authority", "need", "timeline"]),
            ),
        ]
        indexes = [models.Index(fields=["lead", "question", "-recorded_at"], name="bant_latest")]
        triggers = [mark_stale("lead_id")]

    def __str__(self):
        return f"{self.question} of lead {self.lead_id}: {self.value}"


class QuestionAnswer(models.Model):
    """Append-only: an answer to one of the agreement's own questions, by the question's code."""

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="question_answers"
    )
    code = models.SlugField(max_length=40)
    text = models.TextField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lead", "code", "-recorded_at"], name="answer_latest")]

    def __str__(self):
        return f"{self.code} of lead {self.lead_id}"


class CallDraft(models.Model):
    """What a person typed during a call and has not finished: saved as they type."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)  # {field of the form: what stands in it}
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "by"], name="call_draft_once")]

    def __str__(self):
        return f"draft of {self.by_id} for lead {self.lead_id}"
