"""The tables of agreement and handoff. Import the models from here."""

from handoff.models.agreement import Agreement, Signature
from handoff.models.definition import MatrixCell, QualifyingPath, RequiredField, Veto
from handoff.models.discovery import BantAnswer, CallDraft, Discovery, QuestionAnswer
from handoff.models.feedback import Churn, Decision, Response
from handoff.models.handoff import Handoff, Opportunity, Pause
from handoff.models.judgement import Judgement
from handoff.models.promise import Comment, Commitment, Question
from handoff.models.reason import Reason, ReasonDetail
from handoff.models.review import ReviewEntry
from handoff.models.routing import RotationSeat, RoutingRule

__all__ = [
    "Agreement",
    "BantAnswer",
    "CallDraft",
    "Churn",
    "Comment",
    "Commitment",
    "Decision",
    "Discovery",
    "Handoff",
    "Judgement",
    "MatrixCell",
    "Opportunity",
    "Pause",
    "QualifyingPath",
    "Question",
    "QuestionAnswer",
    "Reason",
    "ReasonDetail",
    "RequiredField",
    "Response",
    "ReviewEntry",
    "RotationSeat",
    "RoutingRule",
    "Signature",
    "Veto",
]
