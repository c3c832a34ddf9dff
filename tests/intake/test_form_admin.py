"""Managers make forms in the admin; a consent text that is changed becomes a new version."""

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.urls import reverse

from accounts import roles
from intake.models import CaptureForm, ConsentText
from tests.factories import AttributeFactory, UserFactory
from tests.intake.form_world import a_form, a_text

pytestmark = pytest.mark.django_db
ADD = "/admin/intake/captureform/add/"


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(user)
    return user


def typed(*questions, **fields):
    data = {
        "name": "Demo", "slug": "demo", "is_active": "on", "heading": "See it", "button": "Send",
        "thanks": "Thanks", "kind": "demo_request", "source": "Website", "origins": "",
        "fields-TOTAL_FORMS": len(questions), "fields-INITIAL_FORMS": 0,
    } | fields  # fmt: skip
    for n, (target, required) in enumerate(questions):
        data |= {f"fields-{n}-target": target, f"fields-{n}-order": n}
        data |= {f"fields-{n}-required": "on"} if required else {}
    return data


def test_a_manager_makes_a_form(client, manager):
    AttributeFactory(code="halls", label="Halls")
    a_text("newsletter")
    page = client.get(ADD).content.decode()
    assert "Halls" in page
    assert "consent.newsletter" in page
    questions = [("lead.email", True), ("attr.halls", False), ("consent.newsletter", False)]
    origins = "https://www.x.example,http://localhost:8099"
    answer = client.post(ADD, typed(*questions, origins=origins))
    assert answer.status_code == 302, answer.context["errors"]
    form = CaptureForm.objects.get()
    assert [one.target for one in form.fields.all()] == [target for target, _ in questions]
    assert form.origins == origins.split(",")
    page = client.get("/f/demo/").content.decode()
    assert "Halls" in page


@pytest.mark.parametrize(
    ("questions", "fields", "words"),
    [
        ([("lead.first_name", True)], {}, "Ask for Email or Phone"),
        ([("lead.email", False)], {}, "Ask for Email or Phone"),
        ([("lead.phone", True)], {"double_opt_in": "on"}, "require Email"),
        ([("lead.score", True)], {}, "Select a valid choice"),
        ([("lead.email", True), ("lead.email", True)], {}, "duplicate"),
        ([("lead.email", True)], {"origins": "https://x.example/path"}, "is no origin"),
        ([("lead.email", True)], {"origins": "javascript:alert(1)"}, "is no origin"),
        ([("lead.email", True)], {"thanks_url": "javascript:alert(1)"}, "valid URL"),
        ([("lead.email", True)], {"slug": "a b"}, "valid “slug”"),
        ([], {}, "Ask for Email or Phone"),
    ],
)
def test_what_cannot_work_is_told_and_not_saved(client, manager, questions, fields, words):
    answer = client.post(ADD, typed(*questions, **fields))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not CaptureForm.objects.exists()


def test_a_changed_text_is_the_next_version(client, manager):
    data = {"name": "newsletter", "purpose": "marketing_email", "text": "You may write."}
    client.post("/admin/intake/consenttext/add/", data)
    first = ConsentText.objects.get()
    change = reverse("admin:intake_consenttext_change", args=[first.pk])
    client.post(change, {"text": "You may write."})
    assert ConsentText.objects.count() == 1
    client.post(change, {"text": "You may write each week."})
    texts = dict(ConsentText.objects.values_list("version", "text"))
    assert texts == {1: "You may write.", 2: "You may write each week."}
    assert client.post(change, {"text": "Of the old one."}).status_code == 403
    client.post("/admin/intake/consenttext/add/", data | {"text": "Third."})
    assert ConsentText.objects.first().version == 3
    other = client.post("/admin/intake/consenttext/add/", data | {"purpose": "phone"})
    assert "have another purpose" in other.content.decode()


def test_the_database_keeps_what_was_read():
    row = a_text()
    for change in (lambda: ConsentText.objects.update(text="Else"), row.delete):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            change()


@pytest.mark.parametrize("role", [roles.MARKETER, roles.REP, roles.CUSTOMER_SUCCESS])
def test_others_change_no_forms(client, role):
    form = a_form()
    client.force_login(UserFactory(role=role, is_staff=True))
    for url in (ADD, "/admin/intake/consenttext/add/"):
        assert client.get(url).status_code == 403
    change = reverse("admin:intake_captureform_change", args=[form.pk])
    client.post(change, typed(("lead.email", True), heading="Mine"))
    form.refresh_from_db()
    assert form.heading == "See it live"
