"""Where managers write, sign and version the agreement, and its reasons."""

from handoff.admin.agreement import AgreementAdmin
from handoff.admin.reason import ReasonAdmin
from handoff.admin.routing import RotationSeatAdmin, RoutingRuleAdmin

__all__ = ["AgreementAdmin", "ReasonAdmin", "RotationSeatAdmin", "RoutingRuleAdmin"]
