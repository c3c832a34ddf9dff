"""An import: the job with its progress, the rows on their way in, and the rows turned away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse


class ImportJob(models.Model):
    """One file. `read` rows have been looked at; each ends in exactly one of the other counts."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "To map"
        MAPPED = "mapped", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        TRYING = "trying", "Dry run"
        UNDOING = "undoing", "Rolling back"
        UNDONE = "undone", "Rolled back"

    class Kind(models.TextChoices):
        LEADS = "leads", "Leads and their companies"
        COMPANIES = "companies", "Companies"
        ACTIVITIES = "activities", "Activities"
        HISTORY = "history", "Past stages and outcomes"
        COSTS = "costs", "Campaign costs"

    LIVE = (State.MAPPED, State.RUNNING, State.TRYING, State.UNDOING)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="imports"
    )  # null: the command line
    created_at = models.DateTimeField()
    file = models.FileField(upload_to="imports/%Y/%m", max_length=255)
    name = models.CharField(max_length=255)  # as the sender called the file
    encoding = models.CharField(max_length=20, blank=True)  # of a text file, as
    delimiter = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=list)  # surveying.Column of each, as a dict
    mapping = models.JSONField(default=dict)  # see intake/mapping.py
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LEADS)
    system = models.CharField(max_length=60, blank=True)  # whose external ids the file holds
    preset = models.CharField(max_length=40, blank=True)  # the export that it was taken for
    sheet = models.CharField(max_length=120, blank=True)  # of a workbook
    sheets = models.JSONField(default=list)  # the names of all of them
    header_line = models.PositiveIntegerField(default=0)  # 0: the first row that is not blank
    footer_lines = models.PositiveIntegerField(default=0)  # below the last row of data
    mends = models.ForeignKey(  # the import whose rejected rows this file corrects
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="mended_by"
    )
    trial = models.JSONField(null=True, blank=True)  # what the dry run found; see intake/trying.py
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undo_total = models.PositiveIntegerField(default=0)  # ImportChanges when it was rolled back
    undone_to = models.BigIntegerField(null=True, blank=True)  # ImportChange.pk, downwards
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)  # what was changed since, in ImportChange.kept
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    error = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    rows_total = models.PositiveIntegerField(default=0)
    merged_to = models.BigIntegerField(null=True, blank=True)  # StagedRow.person
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(
                    state__in=[
                        "uploaded",
                        "mapped",
                        "running",
                        "done",
                        "failed",
                        "cancelled",
                        "trying",
                        "undoing",
                        "undone",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="import_kind_known",
                condition=Q(kind__in=["leads", "companies", "activities", "history", "costs"]),
            ),
            models.CheckConstraint(
                name="import_reconciles",
                condition=~Q(state="done")
                | Q(read=F("created") + F("updated") + F("unchanged") + F("skipped") + F("failed")),
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="import_newest_first")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse(
            "intake:map" if self.state == "uploaded" else "intake:detail", args=[self.pk]
        )

    @property
    def is_live(self):
        return self.state in self.LIVE

    @property
    def merged(self):
        return self.created + self.updated + self.unchanged

    @property
    def percent(self):
        """Each row is read once and merged once; each change is put back once."""
        if self.state == self.State.UNDOING:
            return 100 * (self.undone + self.kept) // max(self.undo_total, 1)
        if not self.rows_total:
            return 0
        return 50 * (self.read + self.merged + self.skipped + self.failed) // self.rows_total


class RejectedRow(models.Model):
    """A row that was not imported, with the words why; `values` are its cells as they came. A
    blank line is none, it is only counted.

    Of one that names two people it keeps the keys (the email in lower case), so that neither of
    them gives one up: the second time the row would find only one.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rejected")
    line = models.PositiveIntegerField()
    skipped = models.BooleanField(default=False)  # nothing is wrong with it; it was not wanted
    reason = models.CharField(max_length=500)
    values = models.JSONField()
    email = models.CharField(max_length=254, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["job", "line"], name="rejected_of_job"),
            models.Index(fields=["job", "email"], name="rejected_by_email", condition=~Q(email="")),
            models.Index(
                fields=["job", "external_id"],
                name="rejected_by_external_id",
                condition=~Q(external_id=""),
            ),
        ]

    def __str__(self):
        return f"line {self.line}: {self.reason}"


class ImportChange(models.Model):
    """What an import did to one row of ours, so that it can be rolled back.

    `before` is null for a row that it created, else the columns that it changed as they were;
    `after` is what it wrote. `subject_id` of "attributes" is the lead's. A change that is put back
    is deleted; one that stays when all others are put back says why in `kept`.
    """

    class Subject(models.TextChoices):
        LEAD = "lead"
        ATTRIBUTES = "attributes"
        COMPANY = "company"
        ACTIVITY = "activity"
        EVENT = "event"
        COST = "cost"
        ATTRIBUTE = "attribute"  # a definition
        IDENTITY = "identity"  # the id by which another system knows a lead

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject = models.CharField(max_length=10, choices=Subject)
    subject_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)
    kept = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="change_subject_known",
                condition=Q(
                    subject__in=[
                        "lead",
                        "attributes",
                        "company",
                        "activity",
                        "event",
                        "cost",
                        "attribute",
                        "identity",
                    ]
                ),
            ),
        ]
        indexes = [models.Index(fields=["job", "id"], name="change_of_job")]

    def __str__(self):
        return f"{self.subject} {self.subject_id} by import {self.job_id}"


class StagedRow(models.Model):
    """A row of a running import, cleaned. Logged, so that a killed database loses no progress.

    `person`: the row's lead: minus the id of a lead that was there before, or the number of the
    first row that brought a new one.
    """

    pk = models.CompositePrimaryKey("job_id", "n")
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    n = models.PositiveIntegerField()  # from 1, as they stand in the file
    line = models.PositiveIntegerField()
    person = models.BigIntegerField()
    email = models.CharField(max_length=254)
    email_domain = models.CharField(max_length=254)  # when it can be a company's
    phone = models.CharField(max_length=20)  # as a key, see leads/phones.py
    external_id = models.CharField(max_length=120)
    fields = models.JSONField()  # columns of Lead
    attributes = models.JSONField()
    company_domain = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200)
    company = models.JSONField()  # its other columns

    class Meta:
        indexes = [
            models.Index(fields=["job", "person", "n"], name="staged_by_person"),
            models.Index(F("job"), Lower("email"), name="staged_by_email"),
            models.Index(fields=["job", "external_id"], name="staged_by_external_id"),
            models.Index(fields=["job", "phone"], name="staged_by_phone", condition=~Q(phone="")),
        ]

    def __str__(self):
        return f"row {self.n} of import {self.job_id}"
