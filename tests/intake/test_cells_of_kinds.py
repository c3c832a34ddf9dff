"""What the cells of other files than those of leads say is understood as in those of leads."""

import pytest
from django.utils import timezone

from intake.staging import ERASED, UNKNOWN
from leads import tombstones
from leads.models import Activity, Company, Lead
from tests.factories import LeadFactory
from tests.intake.conftest import reasons, totals
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
PERSON = {
    "Email": "lead.email",
    "Name": "lead.name",
    "Phone": "lead.phone",
    "Country": "lead.country",
    "Firm": "company.name",
    "City of firm": "company.city",
}
PAST = PERSON | {"Stage": "history.stage", "Deal": "history.opportunity"}
ACTS = {name: to for name, to in PERSON.items() if to.startswith("lead.")} | {
    "Kind": "activity.kind",
    "When": "activity.happened_at",
}


def tell(kind, columns, *rows, **rules):
    """Rows as {header: cell}."""
    names = [name for name in columns if any(name in row for row in rows)]
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return import_kind(kind, "\n".join(lines), {name: columns[name] for name in names}, **rules)


def test_a_country_of_a_company_becomes_its_code():
    columns = {"Name": "company.name", "Country": "company.country"}
    tell("companies", columns, {"Name": "Aker", "Country": "Norwegen"})
    assert Company.objects.get().country == "NO"


def test_a_number_gets_the_code_of_the_country_that_the_row_names():
    known = LeadFactory(phone="+49 561 5550177", email="", first_name="", last_name="")
    caller = {"Phone": "0561 5550177", "Country": "Germany"}
    assert totals(tell("history", PAST, caller | {"Stage": "won"})) == {"updated": 1}
    call = {"Kind": "call", "When": "2024-01-01"}
    assert totals(tell("activities", ACTS, caller | call)) == {"created": 1}
    assert Activity.objects.get().lead == known == Lead.objects.get()
    assert Lead.objects.get().country == "DE"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Phone": "0561 5550177"}, "external ID. The phone number has no country code."),
        ({"Email": "a@gmail.com", "Name": "x" * 150 + " y"}, "Name: 150 characters, 100 fit."),
        ({"Email": "a@gmail.com", "City of firm": "Ulm"}, "is a fact about a company, but"),
    ],
)
def test_what_is_refused_of_a_lead_is_refused_of_its_past(cells, words):
    fair = {"Email": "bo@gmail.com", "Firm": "Aker"}
    job = tell("history", PAST, cells | {"Stage": "won"}, fair)
    assert words in reasons(job)[2]
    assert reasons(tell("leads", PERSON, cells, fair)) == reasons(job)
    assert list(Lead.objects.values_list("email", flat=True)) == ["bo@gmail.com"]


def test_an_opportunity_names_whom_a_number_without_its_code_does_not():
    row = {"Phone": "0561 5550177", "Stage": "won", "Deal": "D1"}
    assert totals(tell("history", PAST, row)) == {"created": 1}
    assert totals(tell("history", PAST, row)) == {"unchanged": 1}
    assert Lead.objects.get().external_id == "D1"


@pytest.mark.parametrize("update_only", [True, False])
def test_who_asked_to_be_erased_stays_away_and_leaves_nothing(update_only):
    tombstones.bury(tombstones.keys_of("a@gmail.com"), now=timezone.now())
    who = {"Email": "a@gmail.com", "Name": "Ann Lee"}
    act = {"Kind": "call", "When": "2024-01-01"}
    for job in (
        tell("history", PAST, who | {"Stage": "won"}, update_only=update_only),
        tell("activities", ACTS, who | act, who | act, update_only=update_only),
    ):
        assert totals(job) == {"failed": job.read}
        assert set(reasons(job).values()) == {ERASED}
        assert not any(job.rejected.values_list("values", flat=True))
    assert not Lead.objects.exists()


def test_of_unknown_people_every_file_says_the_same():
    who = {"Email": "a@gmail.com"}
    act = {"Kind": "call", "When": "2024-01-01"}
    jobs = [
        tell("leads", PERSON, who, update_only=True),
        tell("history", PAST, who | {"Stage": "won"}, update_only=True),
        tell("activities", ACTS, who | act),
    ]
    assert [(totals(job), reasons(job)) for job in jobs] == [({"skipped": 1}, {2: UNKNOWN})] * 3
