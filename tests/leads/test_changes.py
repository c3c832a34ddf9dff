"""The clock and the source of recorded changes."""

from datetime import UTC, datetime

import pytest

from leads.changes import recording
from leads.models import FieldChange, Lead
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
THEN, LATER = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


def _edit(city):
    Lead.objects.update(city=city)


def _recorded():
    return {c.new: (c.source, c.recorded_at) for c in FieldChange.objects.all()}


def test_source_and_moment_hold_inside_and_end_outside():
    LeadFactory()
    with recording(source="import", now=THEN):
        _edit("a")
        with recording(source="form", now=LATER):
            _edit("b")
        with recording(source="merge"):
            _edit("c")
        _edit("d")
    _edit("e")
    changes = _recorded()
    assert changes["a"] == changes["d"] == ("import", THEN)
    assert changes["b"] == ("form", LATER)
    assert changes["c"] == ("merge", THEN)
    assert changes["e"][0] == ""
    assert changes["e"][1] > LATER


def test_failure_puts_them_back():
    LeadFactory()
    with recording(source="outer", now=THEN):
        with pytest.raises(ZeroDivisionError):
            _fail()
        _edit("b")
    assert _recorded() == {"b": ("outer", THEN)}


def _fail():
    with recording(source="inner", now=LATER):
        _edit("a")
        raise ZeroDivisionError
