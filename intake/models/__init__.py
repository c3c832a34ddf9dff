"""The tables of intake. Import the models from here."""

from intake.models.jobs import ImportChange, ImportJob, RejectedRow, StagedRow
from intake.models.visits import Site, SiteEvent, Visit, Visitor

__all__ = [
    "ImportChange",
    "ImportJob",
    "RejectedRow",
    "Site",
    "SiteEvent",
    "StagedRow",
    "Visit",
    "Visitor",
]
