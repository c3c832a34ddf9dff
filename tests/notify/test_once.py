"""A reaction that runs twice tells once; what was undone, or is old, is told no more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import LeadEvent
from leads.perform import perform
from notify import reactions
from notify.models import Notice
from tests import story
from tests.factories import RepFactory, UserFactory
from tests.notify.test_reactions import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivana():
    return UserFactory(first_name="Ivana", last_name="Petrova")


@pytest.fixture
def tomas():
    return RepFactory(first_name="Tomáš", last_name="Novák")


def test_a_reaction_that_runs_again_tells_nobody_again(ivana, tomas):
    """A killed worker's task is done once more; also after the notice was read."""
    story.handed_off(by=ivana, to=tomas)
    told("hand_off")
    Notice.objects.update(read_at=timezone.now())
    told("hand_off")
    assert Notice.objects.get().read_at


def test_a_worker_that_dies_in_between_tells_the_rest_later(monkeypatch, ivana, tomas):
    ids = [story.handed_off(by=ivana, to=tomas).events.get(name="hand_off").pk for _ in range(3)]
    reactions.tell(ids[:1], now=timezone.now())
    monkeypatch.setattr(reactions, "_withdraw", die)
    with pytest.raises(SystemExit):
        reactions.tell(ids, now=timezone.now())
    monkeypatch.undo()
    reactions.tell(ids, now=timezone.now())
    assert Notice.objects.filter(user=tomas).count() == 3


def die(events):
    raise SystemExit


def test_an_undo_withdraws_what_nobody_has_read(ivana, tomas):
    read, unread = (story.handed_off(by=ivana, to=tomas) for _ in range(2))
    for lead in (read, unread):
        perform(lead, "reject", by=tomas, reason="low_intent")
    told("reject")
    Notice.objects.filter(event__lead=read).update(read_at=timezone.now())
    for lead in (read, unread):
        perform(lead, "undo", by=tomas)
    undos = list(LeadEvent.objects.filter(name="undo").values_list("pk", flat=True))
    reactions.withdraw(undos, now=timezone.now())
    reactions.withdraw(undos, now=timezone.now())
    assert Notice.objects.get().event.lead == read


def test_what_was_undone_is_told_no_more(ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas)
    perform(lead, "reject", by=tomas, reason="low_intent")
    perform(lead, "undo", by=tomas)
    assert told("reject") == {}


def test_an_undo_between_reading_and_writing_leaves_no_notice(monkeypatch, ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas)
    perform(lead, "reject", by=tomas, reason="low_intent")
    handoffs = reactions._handoffs

    def undo_first(events):
        perform(lead, "undo", by=tomas)
        return handoffs(events)

    monkeypatch.setattr(reactions, "_handoffs", undo_first)
    assert told("reject") == {}


def test_old_news_is_told_no_more(ivana, tomas):
    now = timezone.now()
    story.agreement_in_force(now=now - timedelta(days=9))
    story.handed_off(by=ivana, to=tomas, now=now - timedelta(days=8))
    assert told("hand_off") == {}


def test_a_long_note_is_cut(ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas)
    perform(lead, "reject", by=tomas, reason="low_intent", note="x" * 2000)
    (text,) = told("reject").values()
    assert len(text) == 500
    assert text.endswith("…")


def test_a_batch_costs_the_same_queries_as_one(ivana, tomas, django_assert_max_num_queries):
    ids = [story.handed_off(by=ivana, to=tomas).events.get(name="hand_off").pk for _ in range(11)]

    def tell(some):
        with django_assert_max_num_queries(6) as asked:
            reactions.tell(some, now=timezone.now())
        return len(asked)

    assert tell(ids[:1]) == tell(ids[1:])
    assert Notice.objects.count() == 11


@pytest.mark.django_db(transaction=True)
def test_a_click_rings_the_reaction_and_an_undo_withdraws_it(ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas)
    assert list(tomas.notices.values_list("kind", flat=True)) == ["offered"]
    perform(lead, "undo", by=ivana)
    assert not tomas.notices.exists()
