"""`manage.py import_leads` does what the page does."""

import json

import pytest
from django.core.management import CommandError, call_command

from intake.models import ImportJob
from leads.models import Lead
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
CSV = "Mail,Visits\na@example.com,3\nbad,4\n\n"


@pytest.fixture
def command(tmp_path, capsys):
    def call(content, mapping=None, **options):
        path = tmp_path / "leads.csv"
        path.write_text(content)
        if mapping is not None:
            options["mapping"] = tmp_path / "M.json"
            options["mapping"].write_text(mapping)
        call_command("import_leads", path, **options)
        return capsys.readouterr().out

    return call


def test_it_guesses_and_prints_totals_that_reconcile(command):
    user = UserFactory()
    out = command(CSV, by=user.email.upper())
    assert "3 rows read = 1 created + 0 updated + 0 unchanged + 1 skipped + 1 rejected" in out
    assert "line 3: Mail: “bad” is no email address." in out
    assert ImportJob.objects.get().created_by == user
    assert Lead.objects.get().attributes.values == {"visits": 3}


def test_a_mapping_file_decides(command):
    mapping = {
        "columns": {"Mail": {"to": "lead.email"}, "Visits": {"to": "attr.seen", "kind": "text"}},
        "empty_words": ["3"],
    }
    command(CSV, json.dumps(mapping))
    assert Lead.objects.get().attributes.values == {}


@pytest.mark.parametrize(
    ("content", "mapping", "by", "words"),
    [
        ("", None, None, "The file is empty."),
        (CSV, "{", None, "Expecting property name"),
        (CSV, '{"columns": {"X": {"to": ""}}}', None, "X: The file has no such column."),
        (CSV, None, "who@example.com", "does not exist"),
    ],
)
def test_what_does_not_fit_is_told(command, content, mapping, by, words):
    with pytest.raises(CommandError, match=words):
        command(content, mapping, by=by)
    assert not Lead.objects.exists()


def test_a_missing_file_is_told():
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_leads", "/nowhere/leads.csv")


@pytest.mark.parametrize(
    ("name", "content", "mapping", "out"),
    [
        (
            "history",
            "Mail,Won,Who\na@example.com,2024-01-31,x\nb@example.com,soon,x\n",
            {"Mail": {"to": "lead.email"}, "Won": {"to": "history.won_at"}},
            "2 rows read = 1 created + 0 updated + 0 unchanged + 0 skipped + 1 rejected",
        ),
        (
            "activities",
            "ID,What,When\n7,form,2024-01-31\n8,form,2024-01-31\n",
            {
                "ID": {"to": "lead.external_id"},
                "What": {"to": "activity.kind"},
                "When": {"to": "activity.happened_at"},
            },
            "2 rows read = 1 created + 0 updated + 0 unchanged + 1 skipped + 0 rejected",
        ),
        (
            "companies",
            "Name\nHalden\n",
            {"Name": {"to": "company.name"}},
            "1 rows read = 1 created + 0 updated + 0 unchanged + 0 skipped + 0 rejected",
        ),
    ],
)
def test_other_things_are_imported_the_same_way(tmp_path, capsys, name, content, mapping, out):
    LeadFactory().external_ids.create(system="crm", value="7")
    (tmp_path / "file.csv").write_text(content)
    (tmp_path / "M.json").write_text(json.dumps({"columns": mapping}))
    paths = {"mapping": tmp_path / "M.json", "system": "crm"}
    call_command(f"import_{name}", tmp_path / "file.csv", **paths)
    assert out in capsys.readouterr().out
    assert ImportJob.objects.get().kind == name


def test_a_mapping_of_another_kind_is_told(tmp_path):
    (tmp_path / "file.csv").write_text("Name\nHalden\n")
    (tmp_path / "M.json").write_text('{"columns": {"Name": {"to": "lead.email"}}}')
    with pytest.raises(CommandError, match="is no field"):
        call_command("import_companies", tmp_path / "file.csv", mapping=tmp_path / "M.json")
