"""The tables of intake. Import the models from here."""

from intake.models.jobs import ImportChange, ImportJob, RejectedRow, StagedRow

__all__ = ["ImportChange", "ImportJob", "RejectedRow", "StagedRow"]
