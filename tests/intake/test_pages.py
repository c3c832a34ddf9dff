"""The pages of imports, through the browser's door."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import roles
from intake import limits
from intake.columns import MappingForms
from intake.forms import ReadingForm
from intake.models import ImportJob
from leads.models import Lead
from tests.factories import UserFactory
from tests.intake.conftest import import_file, run, upload

pytestmark = pytest.mark.django_db
LIST = "/imports/"
CSV = "Email,First name,Visits\na@example.com,Ann,3\nb@example.com,Bo,4\n,Nobody,5\n"


@pytest.fixture
def marketer(client):
    user = UserFactory()
    client.force_login(user)
    return user


def send(client, content, name="leads.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(LIST, {"file": SimpleUploadedFile(name, data)})


def posted(job, **changes):
    """What the mapping page would send without a change, and these changes."""
    forms = MappingForms(job, 1)
    return _sent([forms.settings, *forms.columns]) | changes


def read_as(job, **changes):
    """What the form for reading the file again would send, and these changes."""
    return _sent([ReadingForm(job)]) | changes


def _sent(forms):
    said = {
        form.add_prefix(name): form.get_initial_for_field(form.fields[name], name)
        for form in forms
        for name in form.fields
    }
    return {name: value for name, value in said.items() if value is not None and value is not False}


def test_a_file_is_uploaded_mapped_and_imported(
    client, marketer, django_capture_on_commit_callbacks
):
    answer = send(client, CSV)
    job = ImportJob.objects.get()
    assert answer.url == reverse("intake:map", args=[job.pk])
    assert job.created_by == marketer
    page = client.get(answer.url).content.decode()
    assert "First name" in page
    assert "Ann" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(answer.url, posted(job, go="start"))
    assert answer.url == reverse("intake:detail", args=[job.pk])
    page = client.get(answer.url).content.decode()
    assert "Neither an email address nor an external ID." in page
    assert "See the leads" in page
    assert Lead.objects.count() == 2
    assert Lead.objects.get(email="a@example.com").attributes.values["visits"] == 3
    assert "leads.csv" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.csv", "empty"),
        (b"\n\n", "blank.csv", "The file is empty."),
        (b"PK\x03\x04" + bytes(200), "leads.zip", "This is a zip file."),
        (b"PK\x03\x04" + bytes(26) + b"xl/workbook" + bytes(200), "leads.xlsx", "cannot be read"),
        (bytes(range(256)) * 20, "noise.bin", "This is not a text file."),
        (gzip.compress(b"Email\na@example.com\n")[:-12], "cut.csv.gz", "damaged"),
        (b"a@example.com,Ann\nb@example.com,Bo\n", "x.csv", "looks like a lead"),
    ],
)
def test_what_is_no_table_is_refused_at_the_field(client, marketer, content, name, words):
    answer = send(client, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_too_large_a_file_is_refused_at_the_field(client, marketer, monkeypatch):
    monkeypatch.setattr("intake.forms.UPLOAD_BYTES", 20)
    answer = send(client, CSV)
    assert answer.status_code == 422
    assert "are taken" in answer.content.decode()


def test_a_post_without_a_file_is_refused_at_the_field(client, marketer):
    answer = client.post(LIST, {"file": "no file"})
    assert answer.status_code == 422
    assert not ImportJob.objects.exists()


def test_a_bad_mapping_is_told_at_its_column_and_kept(client, marketer):
    job = upload(CSV, by=marketer)
    url = reverse("intake:map", args=[job.pk])
    answer = client.post(url, posted(job, **{"c0-to": "lead.first_name", "go": "start"}))
    assert answer.status_code == 422
    assert "goes there already" in answer.content.decode()
    answer = client.post(url, posted(job, **{"c0-to": "", "go": "start"}))
    assert answer.status_code == 422
    assert "Choose a column for Email, External ID or Phone" in answer.content.decode()
    answer = client.post(url, posted(job, **{"c0-to": "nonsense", "go": "start"}))
    assert answer.status_code == 422
    job.refresh_from_db()
    assert job.state == "uploaded"


def test_two_thousand_columns_are_mapped_page_by_page(client, marketer, shared):
    job = upload((shared / "hostile/13_two_thousand_columns.csv.gz").read_bytes(), by=marketer)
    url = reverse("intake:map", args=[job.pk])
    answer = client.get(url, {"page": 41})
    assert "Page 41 of 41" in answer.content.decode()
    answer = client.get(url)
    assert len(answer.content) < 600_000
    answer = client.post(url, posted(job, go="2"))
    assert answer.url == f"{url}?page=2"
    answer = client.post(url, posted(job, **{"c0-to": "lead.email", "go": "start"}))
    assert answer.status_code == 422
    assert "Page 41 of 41" in answer.content.decode() or "Page 1 of 41" in answer.content.decode()


def test_a_wrong_guess_of_the_encoding_can_be_mended(client, marketer):
    job = upload("Email,Name\na@example.com,Жан\n".encode("cp1251"), by=marketer)
    url = reverse("intake:read_again", args=[job.pk])
    answer = client.post(url, read_as(job, encoding="cp1252"))
    assert answer.url == reverse("intake:map", args=[job.pk])
    job.refresh_from_db()
    assert job.encoding == "cp1252"
    for encoding in ("rot13", "utf-16", "utf-32"):
        answer = client.post(url, read_as(job, encoding=encoding))
        assert answer.status_code == 422
        assert "Map columns" in answer.content.decode()
    assert client.post(url, {}).status_code == 422
    job.refresh_from_db()
    assert job.encoding == "cp1252"


def test_the_row_of_names_the_footer_and_the_preset_can_be_mended(client, marketer):
    job = upload("List\nEmail,Name,Size\na@example.com,Ann,3\nsum,,3\n", by=marketer)
    assert (job.header_line, job.footer_lines) == (2, 0)
    url = reverse("intake:read_again", args=[job.pk])
    client.post(url, read_as(job, footer_lines=1, preset="mautic"))
    job.refresh_from_db()
    assert (job.footer_lines, job.preset, job.system) == (1, "mautic", "mautic")
    page = client.get(reverse("intake:map", args=[job.pk])).content.decode()
    assert "Mautic contacts · UTF-8 · Comma · names in row 2 · 1 row of a footer left out" in page
    client.post(url, read_as(job, header_line=1))
    job.refresh_from_db()
    assert [column["name"] for column in job.columns] == ["List"]


def test_what_is_said_of_a_column_is_kept(client, marketer):
    rows = "".join(
        f"{n}@example.com,Select,{'GTXPro' if n % 2 else 'GTX Basic'}\n" for n in range(6)
    )
    job = upload(f"Email,Plan,Product\n{rows}", by=marketer)
    url = reverse("intake:map", args=[job.pk])
    assert job.columns[2]["values"] == ["GTX Basic", "GTXPro"]
    said = {"c2-v1": "GTX Pro", "c2-v0": "", "c2-write": "fill", "system": "maven"}
    client.post(url, posted(job, update_only="on", dates="mdy", go="1", **said))
    job.refresh_from_db()
    entry = job.mapping["columns"]["Product"]
    assert entry["values"] == {"GTXPro": "GTX Pro", "GTX Basic": ""}
    assert (entry["write"], job.system) == ("fill", "maven")
    assert (job.mapping["update_only"], job.mapping["dates"]) == (True, "mdy")
    client.post(url, posted(job, go="1"))  # nothing is lost when the page is sent again
    job.refresh_from_db()
    assert job.mapping["columns"]["Product"] == entry


def test_a_dry_run_is_asked_for(client, marketer, monkeypatch):
    asked = {}
    monkeypatch.setattr("intake.jobs.start", lambda job, said, **how: asked.update(how))
    job = upload(CSV, by=marketer)
    answer = client.post(reverse("intake:map", args=[job.pk]), posted(job, go="try"))
    assert (asked, answer.url) == ({"trial": True}, reverse("intake:detail", args=[job.pk]))


def test_dates_that_may_be_read_two_ways_are_told(client, marketer):
    job = upload("Email,Since\na@example.com,3/4/2026\n", by=marketer)
    assert job.mapping["dates"] == "dmy"
    page = client.get(reverse("intake:map", args=[job.pk])).content.decode()
    assert "Read with the day first; is that right?" in page


def test_progress_is_asked_for_until_the_import_has_ended(client, marketer):
    job = upload(CSV, by=marketer)
    url = reverse("intake:detail", args=[job.pk])
    assert client.get(url).url == reverse("intake:map", args=[job.pk])
    ImportJob.objects.filter(pk=job.pk).update(state="running", rows_total=3, read=2)
    answer = client.get(url, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "<html" not in page
    assert "2 of 3 rows read" in page
    ImportJob.objects.filter(pk=job.pk).update(state="cancelled")
    answer = client.get(url, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    page = client.get(url).content.decode()
    assert "Import cancelled." in page
    assert "every 1s" not in page


def test_a_waiting_import_can_be_cancelled(client, marketer):
    job = upload(CSV, by=marketer)
    client.post(reverse("intake:map", args=[job.pk]), posted(job, go="start"))
    client.post(reverse("intake:cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "cancelled"
    answer = client.post(reverse("intake:cancel", args=[job.pk]), follow=True)
    assert "has ended already" in answer.content.decode()


def test_rejected_rows_come_back_without_formulas(client, marketer):
    job = import_file('Email,Name\n,"=HYPERLINK(""http://x"")"\nbad,+15550101\n,@a\n', by=marketer)
    answer = client.get(reverse("intake:rejected", args=[job.pk]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Line,Reason,Email,Name"
    assert lines[1].endswith(""",,"'=HYPERLINK(""http://x"")\"""")
    assert lines[2].endswith(",bad,'+15550101")
    assert lines[3].endswith(",'@a")


@pytest.mark.parametrize("role", list(roles.ROLES))
@pytest.mark.parametrize("name", ["list", "map", "detail", "rejected", "cancel", "read_again"])
def test_only_marketing_and_managers_import(client, role, name):
    job = upload(CSV)
    if name in ("detail", "rejected"):
        run(job)
    client.force_login(UserFactory(role=role))
    url = reverse(f"intake:{name}", args=[] if name == "list" else [job.pk])
    post = name in ("cancel", "read_again")
    answer = client.post(url, read_as(job)) if post else client.get(url)
    allowed = role in (roles.MARKETER, roles.MARKETING_MANAGER, roles.SALES_MANAGER)
    assert answer.status_code == ((302 if post else 200) if allowed else 403)
    if name == "list" and not allowed:
        assert send(client, CSV).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_few_questions(client, marketer, django_assert_max_num_queries, rows):
    for _ in range(rows):
        job = import_file("Email,Name\n" + ",x\n" * rows, by=marketer)
    waiting = upload(CSV, by=marketer)
    for url in (
        LIST,
        reverse("intake:detail", args=[job.pk]),
        reverse("intake:map", args=[waiting.pk]),
    ):
        with django_assert_max_num_queries(8):
            assert client.get(url).status_code == 200


def test_limits_stand_in_one_place():
    assert limits.UPLOAD_BYTES == 200 * 2**20
