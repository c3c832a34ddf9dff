"""Law 5, read backwards: each defect that the checks look for is planted, and found."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from handoff.checking import problems
from handoff.laws import LAWS
from leads.capture import capture
from leads.models import Cycle, LeadAttributes
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
FOLD = "a cycle differs from the fold of its events"
VIEW = "it stands in a wrong view of the review"


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.fixture
def unguarded(db):
    """What holds the laws is taken away for one test: triggers, and constraints by name."""

    def drop(table="", *constraints):
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        for name in constraints:
            sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        sql("SET LOCAL session_replication_role = replica")

    return drop


def wrong_stage(drop):
    lead = story.an_mql()
    drop()
    sql("UPDATE leads_lead SET stage = 'disqualified' WHERE id = %s", lead.pk)
    return lead


def gap_in_history(drop):
    lead = story.handed_off()
    drop()
    sql("UPDATE leads_leadevent SET source = 'lost' WHERE lead_id = %s AND name = 'hand_off'",
        lead.pk)  # fmt: skip
    return lead


def lost_handoff(drop):
    lead = story.handed_off()
    drop()
    sql("DELETE FROM handoff_handoff WHERE lead_id = %s", lead.pk)
    return lead


def somebody_elses_handoff(drop):
    lead = story.handed_off()
    other = RepFactory()
    drop()
    sql("UPDATE handoff_handoff SET to_user_id = %s WHERE lead_id = %s", other.pk, lead.pk)
    return lead


def one_signature(drop):
    lead = story.handed_off()
    drop()
    sql("DELETE FROM handoff_signature WHERE side = 'sales'")
    return lead


def version_of_tomorrow(drop):
    lead = story.handed_off()
    drop()
    sql("UPDATE handoff_agreement SET in_force_from = now() + interval '1 day'")
    return lead


def no_reason(drop):
    lead = story.an_mql()
    story.perform(lead, "recycle", by=UserFactory(), reason="low_intent")
    drop("leads_leadevent", "event_has_reason")
    sql("UPDATE leads_leadevent SET reason = '' WHERE lead_id = %s AND name = 'recycle'", lead.pk)
    sql("UPDATE leads_cycle SET reason = '' WHERE lead_id = %s", lead.pk)
    return lead


def no_date(drop):
    lead = story.an_mql()
    drop("leads_lead", "lead_queue_has_date")
    sql("UPDATE leads_lead SET due_at = NULL WHERE id = %s", lead.pk)
    return lead


def no_deal(drop):
    lead = story.accepted()
    drop()
    sql("DELETE FROM handoff_opportunity WHERE lead_id = %s", lead.pk)
    return lead


def cycle_of_nobody(drop):
    """An event opened no cycle: the fold agrees with what is stored, and both are wrong."""
    lead = story.an_mql()
    drop()
    sql("UPDATE leads_leadevent SET name = 'recall' WHERE lead_id = %s AND name = 'qualify'",
        lead.pk)  # fmt: skip
    sql("DELETE FROM leads_cycle WHERE lead_id = %s", lead.pk)
    return lead


def no_attributes(drop):
    lead = story.an_mql()
    drop()
    LeadAttributes.objects.filter(lead=lead).delete()
    return lead


def unrecorded_attribute(drop):
    lead = story.an_mql(values={})
    sql("INSERT INTO leads_fieldchange (subject, subject_id, field, old, new, recorded_at, source)"
        " VALUES ('attr', %s, 'halls', NULL, '3', now(), '')", lead.pk)  # fmt: skip
    return lead


def wrong_cycle(drop):
    lead = story.an_mql()
    Cycle.objects.filter(lead=lead).update(grade="D4")
    return lead


def wrong_view(drop):
    lead = story.an_mql()
    sql("UPDATE handoff_reviewentry SET view = 'fell' WHERE lead_id = %s", lead.pk)
    sql("DELETE FROM leads_stalelead")  # a mark says that the lead is looked at in a moment
    return lead


PLANTED = {
    "the last event does not lead to the stage": wrong_stage,
    "an event does not start where the one before ended": gap_in_history,
    "handed off without exactly one pending handoff, or pending without": lost_handoff,
    "the pending handoff names somebody else than the lead, or another date":
        somebody_elses_handoff,
    "handed off without an agreement that two people signed": one_signature,
    "a pending handoff made under a version that was not in force then": version_of_tomorrow,
    "a move without its reason": no_reason,
    "no owner or no date for its queue": no_date,
    "SAL or SQL without a going opportunity, or a going one elsewhere": no_deal,
    "an open cycle and a stage that do not belong together": cycle_of_nobody,
    "no attributes row from birth on": no_attributes,
    "the last recorded value of an attribute is not the present one": unrecorded_attribute,
    FOLD: wrong_cycle,
    VIEW: wrong_view,
}  # fmt: skip


def test_every_law_has_a_planted_defect():
    assert PLANTED.keys() == {words for _law, words, _sql in LAWS} | {FOLD, VIEW}


@pytest.mark.parametrize("words", PLANTED)
def test_a_planted_defect_is_found_and_no_lead_beside_it(words, unguarded):
    sound = capture(now=timezone.now(), last_name="Brandt")
    lead = PLANTED[words](unguarded)
    found = [problem for problem in problems() if problem.words == words]
    assert [problem.lead_id for problem in found] == [lead.pk]
    assert sound.pk not in {problem.lead_id for problem in problems()}


def test_nothing_is_found_where_nothing_is_wrong(capsys):
    story.an_sql()
    story.handed_off()
    assert problems() == []
    call_command("check_leads")
    assert "0 problems" in capsys.readouterr().out


def test_the_command_fails_when_a_law_is_broken(unguarded, capsys):
    lead = no_deal(unguarded)
    with pytest.raises(SystemExit, match="1"):
        call_command("check_leads")
    assert f"lead {lead.pk}: SAL or SQL without" in capsys.readouterr().out
