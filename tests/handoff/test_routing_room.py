"""Caps in the person's own days, absences and working hours: whom a turn passes over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from accounts.models import Absence, User, WorkCalendar
from handoff.models import Handoff
from leads.models import Lead
from leads.perform import perform, perform_many
from leads.refusals import Missing
from tests import story
from tests.factories import CompanyFactory, UserFactory
from tests.handoff.routing_world import NOW, a_rule, a_team, hand_off, seat, turns, why

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 3, 15, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW)


def away(rep, days=1):
    """From this morning on."""
    span = {"starts_at": NOW - 2 * HOUR, "ends_at": NOW + timedelta(days=days)}
    return Absence.objects.create(user=rep, **span)


def office(opens, *people):
    """On Wednesdays alone, from this hour of UTC on."""
    calendar = WorkCalendar.objects.create(name=f"From {opens}")
    calendar.hours.create(weekday=2, opens=time(opens), closes=time(opens + 2))
    User.objects.filter(pk__in=[person.pk for person in people]).update(calendar=calendar)


def owners(number, now=NOW):
    return [hand_off(now=now).owner for _ in range(number)]


def test_a_daily_cap_is_kept_and_the_next_day_has_room_again():
    capped, _free = a_team(2)
    seat(capped, daily_cap=1)
    assert owners(4).count(capped) == 1
    assert owners(4, NOW + timedelta(days=1)).count(capped) == 1


def test_a_weekly_cap_is_kept_until_monday():
    capped, _free = a_team(2)
    seat(capped, weekly_cap=2)
    assert owners(4).count(capped) == 2
    assert owners(2, SUNDAY).count(capped) == 0
    assert owners(4, SUNDAY + timedelta(hours=4)).count(capped) == 2


def test_a_day_is_the_persons_own():
    """20:00 on Sunday in UTC is Monday morning in Sydney."""
    capped, _free = a_team(2)
    seat(capped, weekly_cap=1)
    hand_off(to_user=capped)
    User.objects.filter(pk=capped.pk).update(time_zone="Australia/Sydney")
    assert owners(2, SUNDAY).count(capped) == 1


def test_a_misspelt_time_zone_holds_no_lead_back():
    capped, _free = a_team(2)
    seat(capped, daily_cap=1)
    User.objects.filter(pk=capped.pk).update(time_zone="Europe/Nowhere")
    assert owners(4).count(capped) == 1


def test_many_at_once_keep_the_cap_too():
    capped, free = a_team(2)
    seat(capped, daily_cap=2)
    leads = [story.an_mql(now=NOW) for _ in range(7)]
    moved = perform_many(leads, "hand_off", by=UserFactory(), now=NOW).moved
    assert [lead.owner for lead in moved].count(capped) == 2
    assert turns(free) == [5]


def test_what_was_taken_from_them_again_leaves_room():
    capped, _free = a_team(2)
    seat(capped, daily_cap=1)
    lead = hand_off(to_user=capped)
    perform(lead, "recall", by=UserFactory(), now=NOW)
    assert owners(2).count(capped) == 1


def test_a_pick_by_hand_is_never_refused_by_a_cap():
    capped, _free = a_team(2)
    seat(capped, daily_cap=0)
    assert hand_off(to_user=capped).owner == capped


def test_who_was_at_a_cap_has_no_backlog_after_it():
    capped, _free = a_team(2)
    seat(capped, daily_cap=1)
    owners(9)
    seat(capped, daily_cap=None)
    assert owners(4).count(capped) == 2


def test_when_nobody_has_room_the_team_is_offered_it():
    rep, other = a_team(2, name="DACH")
    seat(rep, daily_cap=0)
    seat(other, weekly_cap=0)
    lead = hand_off()
    assert (lead.owner, lead.team) == (None, rep.team)
    assert why(lead) == "DACH: all away or at their cap"
    assert perform(lead, "accept", by=rep, now=NOW, discovery_at=NOW + HOUR).owner == rep


def test_when_all_of_a_rules_team_are_away_it_says_which_rule():
    (rep,) = a_team(1)
    a_rule("Energy", to_team=rep.team)
    away(rep)
    lead = hand_off()
    assert (lead.owner, lead.team) == (None, rep.team)
    assert why(lead) == "Energy, rule 1: all away or at their cap"


def test_a_team_that_has_it_is_not_offered_it_again():
    (rep,) = a_team(1)
    away(rep)
    lead = hand_off()
    with pytest.raises(Missing, match="Nobody in sales"):
        perform(lead, "reassign", by=None, now=NOW)


def test_who_is_away_has_no_turn_and_no_backlog_after_it():
    first, second = a_team(2)
    away(first)
    assert set(owners(6)) == {second}
    assert owners(4, NOW + timedelta(days=1)).count(first) == 2


def test_an_owner_who_is_away_and_a_person_of_a_rule_are_passed_over():
    first, second = a_team(2)
    away(first)
    owned = story.an_mql(now=NOW, company=CompanyFactory(owner=first))
    assert hand_off(owned).owner == second
    a_rule(to_user=first)
    assert hand_off().owner == second


def test_a_hand_raise_goes_to_who_works_now():
    asleep, awake = a_team(2)
    office(9, awake)
    office(12, asleep)
    raised = [_hand_raise() for _ in range(3)]
    assert {hand_off(lead).owner for lead in raised} == {awake}
    assert hand_off().owner == asleep  # no hand-raise: it has time until the morning


def test_a_hand_raise_at_night_goes_to_somebody():
    reps = a_team(2)
    office(12, *reps)
    assert hand_off(_hand_raise()).owner in reps


@pytest.mark.django_db(transaction=True)
def test_caps_hold_when_many_hand_off_at_once():
    capped, *others = a_team(3)
    seat(capped, daily_cap=3)
    leads = [story.an_mql(now=NOW) for _ in range(24)]
    marketer = UserFactory()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_hand_off_all, [leads[i::8] for i in range(8)], [marketer] * 8))
    assert Lead.objects.filter(stage="handed_off").count() == 24
    counts = [Handoff.objects.filter(to_user=one).count() for one in (capped, *others)]
    assert counts[0] == 3
    assert sorted(counts[1:]) == [10, 11]


def _hand_raise():
    lead = story.a_lead()
    perform(lead, "qualify", by=UserFactory(), now=NOW)
    lead.cycles.update(origin="hand_raise")
    return lead


def _hand_off_all(leads, marketer):
    try:
        for lead in leads:
            perform(lead, "hand_off", by=marketer, now=NOW)
    finally:
        connection.close()
