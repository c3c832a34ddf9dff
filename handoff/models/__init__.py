"""The tables of agreement and handoff. Import the models from here."""

from handoff.models.agreement import (
    Agreement,
    MatrixCell,
    QualifyingPath,
    RequiredField,
    Signature,
    Veto,
)
from handoff.models.discovery import BantAnswer, Discovery
from handoff.models.handoff import Handoff, Opportunity, RotationSeat
from handoff.models.judgement import Judgement
from handoff.models.reason import Reason, ReasonDetail

__all__ = [
    "Agreement",
    "BantAnswer",
    "Discovery",
    "Handoff",
    "Judgement",
    "MatrixCell",
    "Opportunity",
    "QualifyingPath",
    "Reason",
    "ReasonDetail",
    "RequiredField",
    "RotationSeat",
    "Signature",
    "Veto",
]
