"""The tables of intake. Import the models from here."""

from intake.models.forms import CaptureForm, ConsentText, FormField, Submission
from intake.models.jobs import ImportChange, ImportJob, RejectedRow, StagedRow
from intake.models.visits import Site, SiteEvent, Visit, Visitor

__all__ = [
    "CaptureForm",
    "ConsentText",
    "FormField",
    "ImportChange",
    "ImportJob",
    "RejectedRow",
    "Site",
    "SiteEvent",
    "StagedRow",
    "Submission",
    "Visit",
    "Visitor",
]
