"""Where managers write, sign and version the agreement, and its reasons."""

from handoff.admin.agreement import AgreementAdmin
from handoff.admin.reason import ReasonAdmin

__all__ = ["AgreementAdmin", "ReasonAdmin"]
