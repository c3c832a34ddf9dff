"""The clock and the source of recorded changes."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from leads.changes import recording
from leads.models import FieldChange, Lead, StaleLead, Touch
from tests.factories import ActivityFactory, LeadFactory, UserFactory

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


def test_a_touch_marks_its_lead_and_stays_as_it_was_recorded():
    lead = LeadFactory()
    StaleLead.objects.all().delete()
    now = timezone.now()
    touch = Touch.objects.create(lead=lead, source="News", happened_at=now, recorded_at=now)
    assert StaleLead.objects.get().lead_id == lead.pk
    with pytest.raises(DatabaseError, match="update"), transaction.atomic():
        Touch.objects.filter(pk=touch.pk).update(source="Other")


def test_who_logged_a_note_is_deactivated_and_not_deleted(admin_client):
    person = UserFactory()
    ActivityFactory(kind="note", by=person)
    answer = admin_client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})
    assert answer.status_code < 500
    assert type(person).objects.filter(pk=person.pk).exists()
