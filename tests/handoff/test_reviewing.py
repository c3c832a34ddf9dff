"""In which view of the review a lead stands, when that changes, and that a wrong place is found."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import agreements, reviewing, waking
from handoff.bant import record
from handoff.models import ReviewEntry
from handoff.snoozing import snooze
from leads.forms import LeadForm
from leads.models import Lead, StaleLead
from leads.perform import perform
from scoring.scores import rescore
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def view(lead):
    return ReviewEntry.objects.filter(lead=lead).values_list("view", flat=True).first()


def place(*leads, now=NOW):
    reviewing.place(agreements.in_force(), [lead.pk for lead in leads], now=now)


def an_unqualified(*, short_of_a3=None, **fields):
    """`short_of_a3`: this many points less than both bands of A3 want."""
    if agreements.in_force() is None:
        story.agreement_in_force()
    if short_of_a3 is not None:
        model = agreements.in_force().scoring_model
        short = Decimal(short_of_a3)
        fit, engagement = model.fit_a - short, model.engagement_3 - short
        fields |= {"fit": fit, "engagement": engagement, "score": fit + engagement, "grade": "D4"}
    lead = story.a_lead(**({"grade": "D4", "fit": 0, "engagement": 0, "score": 0} | fields))
    place(lead)
    return lead


def ready():
    return story.an_mql()


def near():
    return an_unqualified(short_of_a3=3)


def not_near():
    return an_unqualified(short_of_a3="3.01")


def near_and_held():
    lead = an_unqualified(short_of_a3=3)
    Lead.objects.filter(pk=lead.pk).update(hold="points", hold_at=NOW)
    place(lead)
    return lead


def fell():
    lead = story.an_mql()
    Lead.objects.filter(pk=lead.pk).update(grade="D4", fit=0, engagement=0, score=0)
    place(lead)
    return lead


def recycled():
    lead = story.an_mql()
    past = NOW - timedelta(days=100)
    perform(lead, "recycle", by=UserFactory(), reason="no_budget", now=past)
    waking.wake_due()
    return lead


def vetoed():
    return an_unqualified(grade="A1", fit=45, engagement=35, score=80, do_not_contact=True)


def vetoed_mql():
    lead = story.an_mql()
    Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
    place(lead)
    return lead


def vetoed_without_a_path():
    return an_unqualified(do_not_contact=True)


def missing():
    return story.an_mql(phone="")


def missing_and_recycled():
    lead = recycled()
    Lead.objects.filter(pk=lead.pk).update(phone="")
    place(lead)
    return lead


def let_in_by_a_manager():
    lead = an_unqualified()
    manager = UserFactory(role=MARKETING_MANAGER)
    return perform(lead, "qualify", by=manager, reason="met the board")


def handed_off():
    return story.handed_off()


def recalled():
    lead = story.handed_off()
    return perform(lead, "recall", by=UserFactory())


def disqualified():
    return perform(story.an_mql(), "disqualify", by=UserFactory(), reason="suspect")


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (ready, "ready"),
        (near, "near"),
        (not_near, None),
        (near_and_held, None),
        (fell, "fell"),
        (recycled, "recycled"),
        (vetoed, "vetoed"),
        (vetoed_mql, "vetoed"),
        (vetoed_without_a_path, None),
        (missing, "missing"),
        (missing_and_recycled, "missing"),
        (let_in_by_a_manager, "ready"),
        (handed_off, None),
        (recalled, "ready"),
        (disqualified, None),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_each_lead_stands_in_one_view(lead, expected):
    lead = lead()
    assert view(lead) == expected
    assert reviewing.misplaced(NOW) in ([], [lead.pk])  # not when only its mark is due
    StaleLead.objects.all().delete()
    assert reviewing.misplaced(NOW) == []


def test_the_entry_names_the_veto():
    assert ReviewEntry.objects.get(lead=vetoed()).veto == "asked not to be contacted"


def test_an_edit_on_the_page_moves_the_lead_at_once():
    lead = story.an_mql(phone="")
    edit(lead, phone="+49 561 555")
    assert view(lead) == "ready"
    edit(lead, phone="")
    assert view(lead) == "missing"


def test_bant_that_the_agreement_wants_before_is_data_too():
    story.agreement_in_force(bant_before=2)
    lead, rep = story.an_mql(), RepFactory()
    assert view(lead) == "missing"
    said = {"need": ("yes", "stated", ""), "budget": ("no", "stated", "")}
    record(lead, said | {"timeline": ("unknown", "stated", "")}, by=rep, now=timezone.now())
    place(lead)
    assert view(lead) == "ready"
    record(lead, {"need": ("unknown", "stated", "")}, by=rep, now=timezone.now())
    place(lead)
    assert view(lead) == "missing"


def test_scores_follow_whoever_wrote_them():
    lead = story.an_mql()
    model = agreements.in_force().scoring_model
    for whom in ([lead.pk], None):
        Lead.objects.filter(pk=lead.pk).update(score=99)
        ReviewEntry.objects.filter(lead=lead).update(score=99)
        rescore(whom, model, now=NOW)
        lead.refresh_from_db()
        assert ReviewEntry.objects.get(lead=lead).score == lead.score < 99


def test_who_stands_well_is_not_written_again():
    lead = story.an_mql()

    def written():
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin, ctid::text FROM handoff_reviewentry")
            return cursor.fetchall()

    before = written()
    place(lead)
    assert written() == before


def test_what_a_person_keeps_there_outlives_a_new_place():
    lead, ivana = story.an_mql(), UserFactory()
    until = NOW + timedelta(days=3)
    ReviewEntry.objects.filter(lead=lead).update(snoozed_until=until, snoozed_by=ivana)
    Lead.objects.filter(pk=lead.pk).update(phone="")
    place(lead)
    entry = ReviewEntry.objects.get(lead=lead)
    assert (entry.view, entry.snoozed_until, entry.snoozed_by) == ("missing", until, ivana)


def test_a_snooze_ends_with_the_mql():
    lead = story.an_mql()
    snooze(lead, NOW + timedelta(days=3), by=UserFactory(), now=NOW)
    lead.company.relationship = "competitor"
    lead.company.save()
    perform(lead, "demote", by=None, reason="no_path")
    entry = ReviewEntry.objects.get(lead=lead)
    assert (entry.view, entry.snoozed_until, entry.snoozed_by) == ("vetoed", None, None)


def test_an_undo_brings_a_snooze_back():
    lead, ivana = story.an_mql(), UserFactory()
    until = NOW.replace(microsecond=0) + timedelta(days=3)
    snooze(lead, until, by=ivana, now=NOW)
    perform(lead, "hand_off", by=ivana, to_user=RepFactory())
    perform(lead, "undo", by=ivana)
    entry = ReviewEntry.objects.get(lead=lead)
    assert (entry.view, entry.snoozed_until, entry.snoozed_by) == ("ready", until, ivana)


def test_a_drawn_lead_never_fell():
    lead = story.an_mql()
    lead.cycles.update(origin="exploration")
    Lead.objects.filter(pk=lead.pk).update(grade="D4", fit=1, engagement=1, score=2)
    place(lead)
    assert ReviewEntry.objects.get(lead=lead).view == "ready"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda entry: entry.delete(),
        lambda entry: entry.update(view="fell"),
        lambda entry: entry.update(score=1),
        lambda entry: entry.update(veto="no such"),
    ],
    ids=["no entry", "view", "score", "veto"],
)
def test_who_stands_wrongly_is_found(spoil):
    right, wrong = story.an_mql(), story.an_mql()
    StaleLead.objects.all().delete()
    spoil(ReviewEntry.objects.filter(lead=wrong))
    assert reviewing.misplaced(NOW) == [wrong.pk]
    ReviewEntry.objects.filter(lead=right).update(lead=LeadFactory())
    StaleLead.objects.all().delete()
    assert len(reviewing.misplaced(NOW)) == 3  # the stranger, too


def edit(lead, **changes):
    lead = Lead.objects.get(pk=lead.pk)
    data = {name: getattr(lead, name) for name in LeadForm.Meta.fields} | changes
    data["company"] = lead.company.name if lead.company else ""
    form = LeadForm(data, instance=lead, user=UserFactory())
    assert form.is_valid()
    assert form.store()
