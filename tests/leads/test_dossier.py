"""The export: everything about a person from every table, and nobody else's."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from intake.models import ImportChange, ImportJob, RejectedRow
from leads import dossier, personal
from leads.models import FieldChange
from tests.factories import AttributeFactory, LeadFactory
from tests.leads.privacy_world import MARK, a_whole_person, write_everywhere

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_every_word_about_the_person_is_in_it():
    lead, loser = a_whole_person()
    LeadFactory(email="somebody.else@x.example")
    write_everywhere([lead.pk, loser.pk])
    found = dossier.collect(lead, now=NOW)
    titles = {table["title"].lower() for table in found["tables"]}
    for table in personal.tables():
        assert table.model._meta.verbose_name_plural.lower() in titles
    said = json.dumps(found, default=str)
    rows = {table["title"].lower(): table["rows"] for table in found["tables"]}
    for table in personal.tables():
        some = rows[table.model._meta.verbose_name_plural.lower()]
        for column in table.texts():
            if column.name not in table.columns("keeps"):
                assert any(MARK in str(row[column.name]) for row in some), (table.label, column)
    assert len(rows["leads"]) == 2
    assert "somebody.else" not in said


def test_what_no_row_of_a_lead_points_to_is_in_it_too():
    AttributeFactory(code="shoe", label="Shoe")
    lead = LeadFactory(email="ann@x.example", values={"shoe": "43"})
    lead.city = "Kassel"
    lead.save(update_fields=["city"])
    job = ImportJob.objects.create(created_at=NOW, name="fair.csv", state="done")
    RejectedRow.objects.create(job=job, line=2, reason="x", values=["Ann", "ANN@x.example"])
    RejectedRow.objects.create(job=job, line=3, reason="x", values=["Bob", "bob@x.example"])
    ImportChange.objects.create(job=job, subject="lead", subject_id=lead.pk, after={"city": "Ulm"})
    said = json.dumps(dossier.collect(lead, now=NOW), default=str)
    for words in ("Kassel", "43", "ANN@x.example", "Ulm", "fair.csv"):
        assert words in said
    assert "bob@x.example" not in said
    assert FieldChange.objects.exists()


def test_the_file_holds_a_page_and_data():
    lead, _loser = a_whole_person()
    lead.first_name = "<b>Ann</b>"
    lead.save(update_fields=["first_name"])
    content = dossier.packed(dossier.collect(lead, now=NOW))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        data = json.loads(archive.read("everything.json"))
        page = archive.read("everything.html").decode()
    assert data["tables"][0]["rows"][0]["email"] == lead.email
    assert lead.email in page
    assert "&lt;b&gt;Ann" in page
    assert "<b>Ann" not in page
