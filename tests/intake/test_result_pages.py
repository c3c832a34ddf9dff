"""The pages of a dry run and of what came of an import, through the browser's door."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from intake import importing, jobs
from intake.models import ImportJob
from leads.models import Lead
from tests.factories import ActivityFactory, LeadFactory, UserFactory
from tests.intake.conftest import import_file, roll_back, try_out, upload
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
CSV = "Email,First name,City\nold@gmail.com,Ann,Kiel\nnew@gmail.com,Bo,Ulm\nbad,=x,\n\n"


@pytest.fixture
def marketer(client):
    user = UserFactory(first_name="Ivana", last_name="Horak")
    client.force_login(user)
    return user


def url(name, job):
    return reverse(f"intake:{name}", args=[job.pk])


def text_of(answer):
    return answer.content.decode()


def cells_of(page):
    """Of the body of the first table, which has one row."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", body)


def test_a_dry_run_is_shown_and_then_imported(client, marketer, django_capture_on_commit_callbacks):
    LeadFactory(email="old@gmail.com", city="Ulm", first_name="Ann", last_name="Lee")
    job = upload(CSV, by=marketer)
    jobs.start(job, job.mapping, ring_worker=False, trial=True)
    page = text_of(client.get(url("detail", job)))
    assert "nothing is imported" in page
    assert "Stop the dry run" in page
    importing.run(job.pk, now=timezone.now())
    answer = client.get(url("detail", job), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert client.get(url("detail", job)).url == url("try", job)
    page = text_of(client.get(url("try", job)))
    for words in ("Will be created", "Ulm", "Kiel", "Ann Lee", "is no email address"):
        assert words in page
    assert Lead.objects.count() == 1
    page = text_of(client.get(url("map", job)))
    assert "1 created, 1 updated, 0 unchanged, 1 skipped, 1 failed" in page
    assert "was changed since" not in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("try", job))
    assert answer.url == url("detail", job)
    assert "Dry run" in text_of(client.get(answer.url))
    assert Lead.objects.count() == 2


def test_a_dry_run_of_another_mapping_says_so(client, marketer):
    job = upload(CSV, by=marketer)
    try_out(job)
    job.mapping["columns"]["City"] = {"to": ""}
    job.save()
    for name in ("map", "try"):
        assert "was changed since" in text_of(client.get(url(name, job)))


def test_without_a_dry_run_its_page_leads_to_the_mapping(client, marketer):
    job = upload(CSV, by=marketer)
    assert client.get(url("try", job)).url == url("map", job)


def test_an_import_is_rolled_back_and_says_what_stays_and_who_did_it(
    client, marketer, django_capture_on_commit_callbacks
):
    job = import_file(CSV, by=marketer)
    assert 'href="' + url("roll_back", job) in text_of(client.get(url("detail", job)))
    page = text_of(client.get(url("roll_back", job)))
    assert "Roll back 2 changes" in page
    assert cells_of(page) == ["Leads", "2", "0"]
    assert Lead.objects.count() == 2
    ActivityFactory(lead=Lead.objects.get(email="new@gmail.com"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("roll_back", job))
    page = text_of(client.get(answer.url))
    assert "By Ivana Horak" in page
    assert "By now this belongs to it: activity." in page
    assert Lead.objects.get().get_absolute_url() in page
    assert url("roll_back", job) not in page
    for door in (client.get, client.post):
        answer = door(url("roll_back", job), follow=True)
        assert "cannot be rolled back" in text_of(answer)


def test_a_cancelled_import_goes_on_where_it_stopped(
    client, marketer, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("intake.merging.CHUNK", 2)
    job = upload("Email\n" + "".join(f"p{n}@gmail.com\n" for n in range(9)), by=marketer)
    jobs.start(job, job.mapping, ring_worker=False)
    advance = jobs.advance

    def cancelled_meanwhile(one, **counts):
        advance(one, **counts)
        if "merged_to" in counts and Lead.objects.count() == 2:
            client.post(url("cancel", one))

    monkeypatch.setattr("intake.jobs.advance", cancelled_meanwhile)
    importing.run(job.pk, now=timezone.now())
    assert Lead.objects.count() == 2
    assert "Go on" in text_of(client.get(url("detail", job)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("resume", job))
    job.refresh_from_db()
    assert (job.state, job.created, job.read) == ("done", 9, 9)
    assert Lead.objects.count() == 9
    assert "cannot go on" in text_of(client.post(url("resume", job), follow=True))


def test_failed_rows_come_back_corrected(client, marketer, django_capture_on_commit_callbacks):
    job = import_file(CSV, by=marketer, system="crm")
    lines = b"".join(client.get(url("rejected", job)).streaming_content).decode("utf-8-sig")
    corrected = lines.replace("bad", "good@gmail.com").encode()
    answer = client.post(url("mend", job), {"file": SimpleUploadedFile("corrected.csv", corrected)})
    new = ImportJob.objects.latest("pk")
    assert (new.mends, new.system, new.created_by) == (job, "crm", marketer)
    assert answer.url == url("map", new)
    assert new.mapping["columns"]["Email"] == {"to": "lead.email"}
    assert new.mapping["columns"]["Reason"] == {"to": ""}
    with django_capture_on_commit_callbacks(execute=True):
        jobs.start(new, new.mapping)
    assert Lead.objects.get(email="good@gmail.com").first_name == "=x"
    assert "Corrected by corrected.csv" in text_of(client.get(url("detail", job)))
    assert "Corrects rows of an earlier import" in text_of(client.get(url("detail", new)))


def test_a_corrected_file_that_is_none_is_refused_at_its_field(client, marketer):
    job = import_file(CSV, by=marketer)
    answer = client.post(url("mend", job), {"file": SimpleUploadedFile("x.csv", b"")})
    assert answer.status_code == 422
    assert "empty" in text_of(answer)
    assert client.post(url("mend", job)).status_code == 422


def test_a_roll_back_says_how_much_goes_and_how_much_is_put_back(client, marketer):
    LeadFactory(email="old@gmail.com", city="Ulm", company=None)
    text = "Email,City,Company name\nold@gmail.com,Kiel,Aker\nnew@gmail.com,Ulm,Aker\n"
    job = import_file(text, by=marketer)
    page = text_of(client.get(url("roll_back", job)))
    assert cells_of(page) == ["Leads", "1", "1", "Companies", "1", "0"]


def test_of_costs_a_roll_back_says_before_and_after_that_campaigns_stay(client, marketer):
    columns = {"C": "cost.campaign", "D": "cost.on", "A": "cost.amount"}
    job = import_kind("costs", "C,D,A\nFair,2024-01,5\n", columns, by=marketer)
    words = "Campaigns that this import created stay"
    page = text_of(client.get(url("roll_back", job)))
    assert words in page
    assert cells_of(page) == ["Costs of campaigns", "1", "0"]
    assert words in text_of(client.get(url("detail", roll_back(job, by=marketer))))


def test_each_number_of_rows_that_were_turned_away_has_its_word(client, marketer):
    LeadFactory(email="old@gmail.com")
    job = import_file(CSV, by=marketer, rules={"update_only": True})
    page = text_of(client.get(url("detail", job)))
    assert "2 shown of 1 failed and 1 skipped." in page
    assert "1 blank or footer line is skipped, too" in page
    job = import_file("Email\n\nc@gmail.com\n", by=marketer)
    page = text_of(client.get(url("detail", job)))
    assert "Skipped and failed rows" not in page


@pytest.mark.parametrize("role", list(roles.ROLES))
@pytest.mark.parametrize("name", ["try", "resume", "roll_back", "mend"])
def test_only_marketing_and_managers_do_it(client, role, name):
    job = upload(CSV) if name == "try" else import_file(CSV)
    client.force_login(UserFactory(role=role))
    answer = client.post(url(name, job))
    allowed = role in (roles.MARKETER, roles.MARKETING_MANAGER, roles.SALES_MANAGER)
    assert answer.status_code == ((422 if name == "mend" else 302) if allowed else 403)


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_few_questions(client, marketer, django_assert_max_num_queries, rows):
    text = "Email,City\n" + "".join(f"p{n}@gmail.com,Ulm\nbad,x\n" for n in range(rows))
    tried, undone = upload(text, by=marketer), import_file(text, by=marketer)
    try_out(tried)
    for lead in Lead.objects.all():
        ActivityFactory(lead=lead)
    roll_back(undone, by=marketer)
    done = import_file(text.replace("p", "q"), by=marketer)
    for page in (url("try", tried), url("detail", undone), url("roll_back", done)):
        with django_assert_max_num_queries(9):
            assert client.get(page).status_code == 200
