"""Law 7: of every fact that a condition may read, the database records its changes."""

from leads.conditions.fields import fields
from leads.models.change import COMPANY_FACTS, LEAD_FACTS


def test_every_fact_that_a_condition_may_read_has_its_changes_recorded():
    """But what never changes, and what other apps append to rows of their own."""
    recorded = {"lead": [*LEAD_FACTS, "created_at"], "company": COMPANY_FACTS}
    read = [field for field in fields(attributes=[]) if not field.rows]
    assert {field.subject for field in read} == recorded.keys()
    assert [field.key for field in read if field.column not in recorded[field.subject]] == []
