"""What kind of handoff one is: its service level, and who is asked to take it, depend on that."""

from handoff.models import Handoff
from leads.models import Cycle

Kind = Handoff.Kind


def kind_for(facts, said):
    """By what is known of a lead (handoff.routing_facts) and what was said of its handoff.

    Whoever gets it next, it stays what it was: a hand-raise does not get more time by a new offer.
    """
    if facts.origin == Cycle.Origin.HAND_RAISE:
        return Kind.HAND_RAISE
    pending = facts.pending.kind if facts.pending else None
    return said.get("kind") or pending or Kind.OTHER
