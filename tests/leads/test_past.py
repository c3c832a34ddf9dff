"""Law 7: of every fact that a condition may read, the database records its changes."""

from leads.conditions.vocabulary import fields
from leads.models.change import COMPANY_FACTS, LEAD_FACTS


def test_every_fact_that_a_condition_may_read_has_its_changes_recorded():
    recorded = {"lead": LEAD_FACTS, "company": COMPANY_FACTS}
    read = fields(attributes=[])
    assert {field.subject for field in read} == recorded.keys()
    assert [field.key for field in read if field.column not in recorded[field.subject]] == []
