"""Judgement: whom the system judged, and when, also where nothing followed from it."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Judgement(models.Model):
    """One batch: by the agreement in force, on what was recorded by `at`. A replay repeats it."""

    at = models.DateTimeField()
    leads = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["at"], name="judgement_at")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self):
        return f"{len(self.leads)} leads at {self.at:%Y-%m-%d %H:%M}"
