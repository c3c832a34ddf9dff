"""Who takes a lead: the agreement, review, handoff, routing, discovery, BANT and opportunity."""
