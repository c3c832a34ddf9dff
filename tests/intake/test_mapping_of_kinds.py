"""The mapping page shows what each kind of file can become, and guesses it."""

import pytest
from django.urls import reverse

from intake.kinds import KINDS
from tests.factories import UserFactory
from tests.intake.conftest import upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_offers_every_target_of_its_kind(client, kind):
    client.force_login(UserFactory())
    job = upload("Email,Stage\nann@example.com,won\n", kind=kind)
    page = client.get(reverse("intake:map", args=[job.pk]))
    assert page.status_code == 200
    for target in KINDS[kind].targets:
        assert f'value="{target}"' in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "header", "targets"),
    [
        (
            "history",
            "Email,Deal Stage,Close Date,Amount,Opportunity ID,Source",
            ["email", "stage", "closed_at", "amount", "opportunity", "source"],
        ),
        ("activities", "Email,Type,Date,Subject", ["email", "kind", "happened_at", "subject"]),
        ("companies", "Account name,Website,Industry", ["name", "domain", "industry"]),
        ("costs", "Campaign,Day,Amount spent", ["campaign", "on", "amount"]),
    ],
)
def test_usual_headers_are_guessed(kind, header, targets):
    job = upload(f"{header}\n{','.join('x' for _ in targets)}\n", kind=kind)
    found = [entry["to"].partition(".")[2] for entry in job.mapping["columns"].values()]
    assert found == targets
