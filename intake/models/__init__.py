"""The tables of intake. Import the models from here."""

from intake.models.forms import CaptureForm, ConsentText, FormField, Submission
from intake.models.jobs import ImportChange, ImportJob, RejectedRow, StagedRow

__all__ = [
    "CaptureForm",
    "ConsentText",
    "FormField",
    "ImportChange",
    "ImportJob",
    "RejectedRow",
    "StagedRow",
    "Submission",
]
