"""Several people merge one pair at the same moment, either way round: one does, others learn."""

import pytest
from django.utils import timezone

from accounts import roles
from leads import activities
from leads.duplicates import merging, unmerging
from leads.duplicates.merging import merge
from leads.models import Activity, DuplicatePair, Lead, LeadEvent, Merge
from leads.perform import perform
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.races.test_answers_at_once import PEOPLE, at_once
from tests.story import agreement_in_force, handed_off

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair():
    offered = handed_off()
    return offered, LeadFactory()


@pytest.fixture
def managers():
    return [UserFactory(role=roles.MARKETING_MANAGER) for _ in range(PEOPLE)]


def test_one_of_many_merges_counts(pair, managers):
    one, other = pair

    def act(person):
        first, second = (one, other) if managers.index(person) % 2 else (other, one)
        merge(first, second, by=person, now=timezone.now())

    assert sorted(at_once(act, managers)) == ["Conflict"] * (PEOPLE - 1) + ["done"]
    assert Merge.objects.count() == 1
    assert LeadEvent.objects.filter(name="merged").count() == 2
    assert Lead.objects.exclude(merged_into=None).count() == 1
    assert DuplicatePair.objects.get().state == "merged"


def test_one_of_many_unmerges_counts(pair, managers):
    row = merge(*pair, by=managers[0], now=timezone.now())

    def act(person):
        unmerging.unmerge(row, by=person, now=timezone.now())

    assert sorted(at_once(act, managers)) == ["Conflict"] * (PEOPLE - 1) + ["done"]
    assert LeadEvent.objects.filter(name="unmerged").count() == 2
    assert not Lead.objects.exclude(merged_into=None).exists()


def test_a_rejection_that_names_the_other_and_a_merge_do_not_wait_for_each_other(managers):
    """The rejection holds its lead and refers to the other; the merge holds both."""
    rep = RepFactory()
    for _ in range(3):
        other, lead = LeadFactory(), handed_off(to=rep)

        def act(person, other=other, lead=lead):
            if person == rep:
                said = {"reason": "duplicate", "other": other, "other_said": other.title}
                perform(lead, "reject", by=rep, **said)
            else:
                merge(other, lead, by=person, now=timezone.now())

        assert "done" in at_once(act, [rep, managers[0]])
        assert Lead.objects.get(pk=lead.pk).stage == "disqualified"


def test_what_comes_in_beside_a_merge_is_not_lost(managers):
    """An activity that was on its way to the loser stands with the winner after the next look."""
    agreement_in_force()
    winner, loser = LeadFactory(), LeadFactory()
    now = timezone.now()

    def act(person):
        if person == managers[0]:
            merge(winner, loser, by=person, now=now)
        else:
            said = {"kind": "page_view", "happened_at": now, "recorded_at": now}
            activities.record([Activity(lead=loser, **said)])

    at_once(act, managers)
    merging.follow()
    assert set(Activity.objects.values_list("lead", flat=True)) == {winner.pk}
    row = Merge.objects.get()
    assert len(row.moved["leads.Activity"]) == PEOPLE - 1
