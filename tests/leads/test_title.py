"""What a lead is called on every page."""

from leads.models import Lead


def test_a_lead_has_a_readable_title_whatever_is_known():
    assert str(Lead(first_name="Anke", last_name="Brandt", email="a@b.example")) == "Anke Brandt"
    assert str(Lead(source="LinkedIn", city="Kassel")) == "Linkedin lead from Kassel"
    assert str(Lead(email="a@b.example")) == "a@b.example"
    assert str(Lead(phone="+49 561 555")) == "+49 561 555"
    assert str(Lead()) == "Lead without a name"
