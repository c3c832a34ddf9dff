"""Activities of a file: whose, what, when; none twice, and nobody handed off by them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from handoff import judging, starters
from leads.models import Activity, Lead
from leads.perform import perform
from tests import story
from tests.factories import CompanyFactory, LeadFactory, RepFactory, UserFactory
from tests.intake.conftest import reasons, totals
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
COLUMNS = {
    "Email": "lead.email",
    "Type": {"to": "activity.kind", "values": {"attended": "webinar", "Anruf": "call"}},
    "When": "activity.happened_at",
    "Subject": "activity.subject",
    "By": "activity.by",
    "Link": "property.link",
    "ID": "activity.external_id",
}


def tell(*lines, header="Email,Type,When,Subject", **how):
    columns = {name: COLUMNS[name] for name in header.split(",")}
    return import_kind("activities", "\n".join([header, *lines]), columns, **how)


def test_an_activity_arrives_with_all_that_the_row_says():
    lead, rep = LeadFactory(email="ann@example.com"), RepFactory()
    job = tell(
        f"ANN@example.com,anruf,31.05.2024 14:30,Prices,{rep.email},/pricing,A1",
        header="Email,Type,When,Subject,By,Link,ID",
        system="hubspot",
    )
    assert totals(job) == {"created": 1}
    one = Activity.objects.get()
    assert (one.lead, one.kind, one.subject, one.by) == (lead, "call", "Prices", rep)
    assert one.happened_at == datetime(2024, 5, 31, 14, 30, tzinfo=UTC)
    assert (one.source, one.external_id) == ("hubspot", "A1")
    assert one.properties == {"link": "/pricing", "import": job.pk}
    assert (timezone.now() - one.recorded_at).total_seconds() < 60


def test_the_same_file_twice_adds_nothing():
    LeadFactory(email="ann@example.com")
    rows = [
        "ann@example.com,Attended,2024-05-31,Tariffs",
        "ann@example.com,form,2024-05-31,Tariffs",
    ]
    assert totals(tell(*rows, rows[0])) == {"created": 2, "unchanged": 1}
    assert totals(tell(*rows)) == {"unchanged": 2}
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("who@example.com,form,2024-05-31,", "Nobody here has this email"),
        (",form,2024-05-31,", "Neither an email address nor an external ID"),
        ("ann@example.com,dance,2024-05-31,", "“dance” is no kind of activity"),
        ("ann@example.com,,2024-05-31,", "The kind of activity is missing."),
        ("ann@example.com,form,,", "When it happened is missing."),
        ("ann@example.com,form,2999-01-01,", "has not come yet"),
        ("ann@example.com,form,yesterday,", "is no date"),
        (f"ann@example.com,form,2024-05-31,{'x' * 201}", "201 characters, 200 fit"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_in_words(row, words):
    LeadFactory(email="ann@example.com")
    job = tell(row)
    assert words in reasons(job)[2]
    assert not Activity.objects.exists()


def test_unknown_people_are_created_when_the_mapping_says_so():
    job = tell("who@example.com,form,2024-05-31,Demo", update_only=False)
    assert totals(job) == {"created": 1}
    assert Lead.objects.get().activities.get().subject == "Demo"


def test_a_lead_is_found_by_phone_and_by_the_id_of_its_system():
    lead = LeadFactory(phone="+49 561 5550177")
    lead.external_ids.create(system="hubspot", value="77")
    columns = {"P": "lead.phone", "Type": COLUMNS["Type"], "When": COLUMNS["When"]}
    import_kind("activities", "P,Type,When\n0049 561 555 0177,form,2024-01-01\n", columns)
    columns["P"] = "lead.external_id"
    content = "P,Type,When\n77,form,2024-01-01\n"
    import_kind("activities", content, columns, system="hubspot")
    assert lead.activities.count() == 2


def _everything_is_automatic():
    draft = starters.load("b2b_software")
    draft.matrix.update(action="automatic")
    draft.automatic_cap = 1_000
    draft.paths.update(at_once=True)
    draft.save()
    story.signed(draft, now=timezone.now() - timedelta(days=1))
    RepFactory()


def test_an_imported_contact_request_hands_nobody_off():
    _everything_is_automatic()
    LeadFactory(email="ann@example.com", company=CompanyFactory(), consent_basis="Consent")
    tell(f"ann@example.com,contact request,{timezone.now():%Y-%m-%d %H:%M},Hello")
    judging.judge_stale()
    assert Lead.objects.get().stage == "mql"


def test_an_old_contact_request_brings_no_customer_back_and_a_new_one_only_into_review():
    _everything_is_automatic()
    lead = story.an_sql(email="ann@example.com", consent_basis="Consent")
    judging.judge_stale()
    lead = perform(lead, "win", by=UserFactory(role="Sales manager"), amount=100)
    before = timezone.now() - timedelta(days=1)
    tell(f"ann@example.com,contact request,{before:%Y-%m-%d %H:%M},Old")
    judging.judge_stale()
    assert Lead.objects.get().stage == "customer"
    Lead.objects.update(stage_at=timezone.now() - timedelta(days=3))
    tell(f"ann@example.com,contact request,{timezone.now():%Y-%m-%d %H:%M},New")
    judging.judge_stale()
    assert Lead.objects.get().stage == "mql"
