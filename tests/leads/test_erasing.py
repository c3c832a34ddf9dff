"""Nothing of an erased person is left anywhere, what is counted stays, and no law is broken."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import agreements, attempts, checking
from handoff.models import Handoff, Opportunity
from insights import scorecard
from intake.models import ImportChange, ImportJob, RejectedRow, StagedRow
from leads import cycles, erasing, personal, scrubbing, tombstones
from leads.arriving import Erased, Person, arrive
from leads.models import Activity, Cycle, FieldChange, Lead, LeadEvent, Tombstone
from leads.perform import perform
from leads.refusals import Conflict
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory
from tests.leads.privacy_world import (
    WORDS,
    a_whole_person,
    everybody,
    found_in,
    fresh,
    write_everywhere,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def manager():
    return UserFactory(role=roles.MARKETING_MANAGER)


def test_every_table_of_a_person_says_what_becomes_of_it():
    tables = {table.label: table for table in personal.tables()}
    assert set(settings.PERSONAL) == set(tables)
    for label, fate in settings.PERSONAL.items():
        if fate != personal.GONE:
            assert set(fate) <= set(personal.WAYS), label
            texts = {column.name for column in tables[label].texts()}
            assert {name for names in fate.values() for name in names} <= texts, label


def test_not_a_word_is_left_in_the_whole_database(manager):
    lead, loser = a_whole_person()
    job = ImportJob.objects.create(created_at=NOW, name="fair.csv", state="done")
    RejectedRow.objects.create(job=job, line=2, reason=f"{WORDS}: bad", values=[f"0{WORDS}"])
    RejectedRow.objects.create(job=job, line=3, reason="x", values=["b"], email=f"0{WORDS}")
    ImportChange.objects.create(job=job, subject="lead", subject_id=lead.pk, before={"city": WORDS})
    written = write_everywhere([lead.pk, loser.pk])
    for pk in (lead.pk, loser.pk):
        FieldChange.objects.create(
            subject="lead", subject_id=pk, field="city", old=WORDS, new=WORDS, recorded_at=NOW
        )
    assert len(written) > 50
    assert len(found_in()) > 50
    erasing.erase([lead.pk], by=manager, now=NOW)
    assert found_in() == []


def test_a_word_that_others_say_too_is_kept_for_the_reports(manager):
    lead = story.an_mql(source="Trade fair", interest="Pumps")
    erasing.erase([lead.pk], by=manager, now=NOW)
    assert (fresh(lead).source, lead.cycles.get().source) == ("", "")
    LeadFactory(source="Trade fair")
    other = story.an_mql(source="Trade fair")
    erasing.erase([other.pk], by=manager, now=NOW)
    assert (fresh(other).source, other.cycles.get().source) == ("Trade fair", "Trade fair")


def test_what_is_left_of_the_lead(manager):
    lead = story.an_mql(job_title="Head", city="Kassel", external_id="7")
    activity = ActivityFactory(lead=lead, body="We spoke.", subject="/a", properties={"link": "x"})
    erasing.erase([lead.pk], by=manager, now=NOW)
    left = fresh(lead)
    assert left.title == "Erased person"
    assert (left.email, left.phone, left.job_title, left.city, left.company) == ("",) * 4 + (None,)
    assert (left.stage, left.do_not_contact, left.erased_at) == ("disqualified", True, NOW)
    kept = Activity.objects.get(pk=activity.pk)
    assert (kept.kind, kept.body, kept.subject, kept.properties) == ("page_view", "", "", {})
    assert kept.happened_at == activity.happened_at
    event = lead.events.get(name="erased")
    assert (event.actor, event.note, event.details) == (manager, "", {})


@pytest.mark.parametrize(
    "stage", ["a_lead", "an_mql", "handed_off", "accepted", "an_sql", "won", "lost", "nurtured"]
)
def test_the_laws_hold_from_every_stage(stage, manager):
    lead = won(story.an_sql()) if stage == "won" else None
    if stage == "lost":
        lead = perform(story.an_sql(), "lose", by=manager, reason="price")
    if stage == "nurtured":
        until = NOW + timedelta(days=30)
        lead = perform(story.an_mql(), "recycle", by=manager, reason="bad_timing", until=until)
    lead = lead or getattr(story, stage)()
    story.agreement_in_force() if stage == "a_lead" else None
    erasing.erase([lead.pk], by=manager, now=timezone.now())
    ends = {"an_sql": "lost", "won": "customer", "lost": "lost"}.get(stage, "disqualified")
    assert fresh(lead).stage == ends
    handoffs = Handoff.objects.filter(lead=lead)
    assert not handoffs.filter(state="pending").exists()
    assert [one.words for one in checking.problems() if one.lead_id == lead.pk] == []
    assert cycles.differing([lead.pk]) == []


def won(lead):
    return perform(lead, "win", by=lead.owner, amount=5_000)


def test_reports_count_what_they_counted(manager):
    lead = won(story.an_sql())
    everybody(lead)
    call = {"kind": "call", "by": lead.owner, "properties": {"reached": False, "to": "Ann"}}
    lost = story.handed_off()
    perform(lost, "reject", by=lost.owner, reason="low_intent")
    ActivityFactory(lead=lost, **call)
    agreement = agreements.in_force()

    def numbers():
        month = scorecard.month_of(NOW, agreement, timezone.now())
        moves = LeadEvent.objects.exclude(name="erased").exclude(reason=erasing.REASON)
        return [
            scorecard.scorecard(month, agreement),
            attempts.calls().count(),
            sorted(Cycle.objects.values_list("outcome", "amount", "opened_at", "closed_at")),
            sorted(Handoff.objects.values_list("state", "created_at", "decided_at")),
            sorted(Opportunity.objects.values_list("status", "amount")),
            sorted(moves.values_list("pk", "name", "reason")),
        ]

    before = numbers()
    erasing.erase([lead.pk, lost.pk], by=manager, now=NOW)
    assert numbers() == before


def test_twice_is_once(manager):
    lead = story.an_mql()
    assert erasing.erase([lead.pk], by=manager, now=NOW) == [lead.pk]
    assert erasing.erase([lead.pk], by=manager, now=NOW) == []
    assert lead.events.filter(name="erased").count() == 1


def test_who_was_merged_goes_with_whoever_they_became(manager):
    winner, loser = LeadFactory(), LeadFactory()
    deeper = LeadFactory(merged_into=loser)
    Lead.objects.filter(pk=loser.pk).update(merged_into=winner)
    other = LeadFactory()
    assert erasing.erase([deeper.pk], by=manager, now=NOW) == [winner.pk, loser.pk, deeper.pk]
    assert fresh(other).email


def test_the_person_is_recognised_and_not_taken_in_again(manager):
    lead = LeadFactory(email="Old@x.example", phone="+49 151 1234567", external_id="A1")
    lead.email = "new@x.example"
    lead.save(update_fields=["email"])
    lead.external_ids.create(system="hubspot", value="9")
    LeadFactory(phone="")
    erasing.erase([lead.pk], by=manager, now=NOW)
    people = [
        Person(email="old@X.example"),
        Person(email="new@x.example"),
        Person(phone="0049 151 1234567"),
        Person(external_id="A1"),
        Person(email="fresh@x.example"),
    ]
    arrive(people, now=NOW, source="form demo")
    assert [isinstance(one.refusal, Erased) for one in people] == [True] * 4 + [False]
    again = Person(external_id="9")
    arrive([again], now=NOW, source="api", system="hubspot")
    assert isinstance(again.refusal, Erased)


def test_a_number_that_others_have_too_is_not_buried(manager):
    lead, colleague = LeadFactory(), LeadFactory()
    assert lead.phone == colleague.phone
    erasing.erase([lead.pk], by=manager, now=NOW)
    assert tombstones.erased(tombstones.keys_of(phone=colleague.phone)) == set()
    assert Tombstone.objects.filter(kind="phone").count() == 0


def test_nothing_more_happens_to_an_erased_lead(manager):
    lead = story.accepted()
    erasing.erase([lead.pk], by=manager, now=NOW)
    for name in ("reopen", "reengage"):
        with pytest.raises(Conflict, match="erased"):
            perform(fresh(lead), name, by=manager, reason="other", note="a long enough note")


def test_a_file_that_brought_the_person_goes(manager, django_capture_on_commit_callbacks):
    from django.core.files.base import ContentFile

    lead = LeadFactory()
    job = ImportJob(created_at=NOW, name="fair.csv", state="done", columns=[{"name": "E-mail"}])
    job.file.save("fair.csv", ContentFile(b"E-mail\n" + lead.email.encode()))
    storage, name = job.file.storage, job.file.name
    LeadEvent.objects.create(
        lead=lead, name="captured", happened_at=NOW, score=0, details={"import": job.pk}
    )
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase([lead.pk], by=manager, now=NOW)
    job.refresh_from_db()
    assert not job.file
    assert not storage.exists(name)


@pytest.mark.parametrize("named", [{"email": "Ann@x.example"}, {"person": True}])
def test_an_import_that_has_read_the_person_ends_first(client, manager, named):
    lead = LeadFactory(email="ann@x.example")
    job = ImportJob.objects.create(created_at=NOW, name="fair.csv", state="running")
    words = dict.fromkeys(["external_id", "company_domain", "company_name"], "")
    person = -lead.pk if "person" in named else 1
    StagedRow.objects.create(
        job=job, n=1, line=2, person=person, fields={}, attributes={}, company={},
        email=named.get("email", ""), **words,
    )  # fmt: skip
    client.force_login(manager)
    url = reverse("privacy:person", args=[lead.pk])
    answer = client.post(url, {"confirm": "erase"})
    assert answer.status_code == 422
    assert b"An import that names this person is running" in answer.content
    assert fresh(lead).email == lead.email
    assert not Tombstone.objects.exists()
    ImportJob.objects.update(state="failed")
    assert client.post(url, {"confirm": "erase"}).status_code == 302
    assert not StagedRow.objects.exists()


def test_an_address_without_a_lead(manager):
    job = ImportJob.objects.create(created_at=NOW, name="fair.csv", state="done")
    row = RejectedRow.objects.create(job=job, line=2, reason="x", values=["Ann <Ann@X.example>."])
    other = RejectedRow.objects.create(job=job, line=3, reason="x", values=["joann@x.example"])
    erasing.erase_address(email="ann@x.example", now=NOW)
    row.refresh_from_db()
    assert (row.values, row.reason) == ([], "The person was erased.")
    other.refresh_from_db()
    assert other.values == ["joann@x.example"]
    assert tombstones.erased(tombstones.keys_of(email="ann@x.example"))


def test_details_keep_numbers_codes_and_moments():
    said = {
        "import": 7,
        "origin": "import",
        "need": "A pump for Ann",
        "until": "2026-03-01",
        "before": {"stage": "mql", "due_at": "2026-03-01T10:00:00+00:00", "hold": ""},
        "lead_source": "Fair",
        "names": ["Ann", 3, {"x": "Ann"}],
        "suppress": True,
    }
    assert scrubbing.plain(said) == {
        "import": 7,
        "origin": "import",
        "until": "2026-03-01",
        "before": {"stage": "mql", "due_at": "2026-03-01T10:00:00+00:00", "hold": ""},
        "names": [3, {}],
        "suppress": True,
    }
    assert scrubbing.plain(said, {"Fair"})["lead_source"] == "Fair"


def test_pages_show_erased_leads(client, manager):
    client.force_login(manager)
    rep = RepFactory()
    story.agreement_in_force()
    leads = [won(story.an_sql(by=rep)), story.handed_off(to=rep), story.accepted(by=rep)]
    rejected = story.handed_off(to=rep)
    perform(rejected, "reject", by=rep, reason="low_intent")
    everybody(leads[0])
    ids = [lead.pk for lead in [*leads, rejected, LeadFactory(company=CompanyFactory())]]
    erasing.erase(ids, by=manager, now=timezone.now())
    names = [
        "leads:list", "handoff:pipeline", "handoff:inbox", "handoff:review", "insights:today",
        "privacy:page", "notify:notices",
    ]  # fmt: skip
    pages = [reverse(name) for name in names]
    pages += [f"{reverse('handoff:feedback')}?whose=all&tab={tab}" for tab in ("told", "content")]
    for pk in ids:
        pages += [reverse(name, args=[pk]) for name in ("leads:detail", "privacy:person")]
    for url in pages:
        assert client.get(url).status_code == 200, url
    assert "Erased person" in client.get(reverse("leads:detail", args=[ids[0]])).content.decode()
