"""Leads that may be one person: found by keys, listed by likelihood, decided by people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DuplicateKey(models.Model):
    """A lead belongs to a block of leads that have something in common (duplicates/keys.py)."""

    class Kind(models.IntegerChoices):
        PHONE = 1, "same phone"
        EMAIL = 2, "same address at a similar domain"
        COMPANY = 3, "same name at one company"
        DOMAIN = 4, "same name at one domain"
        CITY = 5, "same name in one city"

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.PositiveSmallIntegerField(choices=Kind)
    key = models.BigIntegerField()  # a hash: of two texts with one hash, likeness tells them apart

    class Meta:
        indexes = [
            models.Index(fields=["lead"], name="duplicate_key_of_lead"),
            models.Index(fields=["key", "lead"], name="duplicate_key_block"),
        ]

    def __str__(self):
        return f"lead {self.lead_id}: {self.get_kind_display()}"


class DuplicatePair(models.Model):
    """Two leads, `one` the older: how likely they are one person in percent, and the signs of it
    (codes of duplicates/likeness.py). Open until somebody merges or dismisses it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DISMISSED = "dismissed", "Two people"
        MERGED = "merged", "Merged"

    one = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="+")
    likeness = models.PositiveSmallIntegerField()
    signs = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_once"),
            models.CheckConstraint(name="duplicate_pair_in_order", condition=Q(one__lt=F("other"))),
            models.CheckConstraint(
                name="duplicate_pair_state_known",
                condition=Q(state__in=["open", "dismissed", "merged"]),
            ),
            models.CheckConstraint(name="duplicate_pair_percent", condition=Q(likeness__lte=100)),
        ]
        indexes = [
            models.Index(fields=["state", "-likeness", "-id"], name="duplicate_likely_first")
        ]

    def __str__(self):
        return f"leads {self.one_id} and {self.other_id}: {self.likeness} %"


class DuplicateSearch(models.Model):
    """How far the search for duplicates has come: a single row (duplicates/searching.py).

    `cut`: {"blocks": how many were too large, "largest": [[kind, leads, one of them], …]}.
    """

    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: none is going on
    last_lead = models.BigIntegerField(default=0)
    last_change = models.BigIntegerField(default=0)  # FieldChange
    all_at = models.DateTimeField(null=True)  # when all leads were looked at last
    found_at = models.DateTimeField(null=True)  # when any were
    cut = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "duplicate searches"
        constraints = [models.CheckConstraint(name="duplicate_search_single", condition=Q(id=1))]

    def __str__(self):
        return f"{self.done} of {self.total} leads"
