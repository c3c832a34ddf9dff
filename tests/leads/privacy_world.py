"""A person with a row in every table that points to a lead, and words in every text of them."""

from datetime import timedelta
from uuid import uuid4

from django.db import connection, models
from django.utils import timezone

from handoff.models import (
    BantAnswer,
    CallDraft,
    Churn,
    Decision,
    Handoff,
    Pause,
    QuestionAnswer,
    Response,
    ReviewEntry,
)
from intake.models import CaptureForm, Site, Submission, Visit, Visitor
from leads import personal
from leads.models import (
    Campaign,
    Consent,
    DuplicateKey,
    DuplicatePair,
    ExternalId,
    Lead,
    Merge,
    Touch,
)
from notify.models import Notice
from scoring.models import ScoreChange
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory

MARK = "zzmarkzz"
WORDS = f"{MARK}@x.example"


def everybody(lead, *, now=None):
    """Rows in every table about this lead, which has been with sales, and a lead merged with it."""
    now = now or timezone.now()
    by = RepFactory()
    event = lead.events.filter(name="accept").first() or lead.events.last()
    handoff = Handoff.objects.filter(lead=lead).first()
    ActivityFactory(lead=lead)
    campaign = Campaign.objects.create(name="Fair")
    Touch.objects.create(lead=lead, campaign=campaign, happened_at=now, recorded_at=now)
    Consent.objects.create(
        lead=lead, purpose="phone", given=True, happened_at=now, recorded_at=now, by=by
    )
    ExternalId.objects.create(lead=lead, system="hubspot", value="1")
    loser = LeadFactory(merged_into=lead)
    Merge.objects.create(winner=lead, loser=loser, by=by, merged_at=now)
    DuplicateKey.objects.create(lead=lead, kind=1, key=1)
    DuplicatePair.objects.create(one=lead, other=loser, likeness=90, state="merged", found_at=now)
    ScoreChange.objects.create(lead=lead, at=now, score=1, fit=1, engagement=0, grade="D4", model=1)
    BantAnswer.objects.create(lead=lead, question="need", value="yes", by=by, recorded_at=now)
    QuestionAnswer.objects.create(lead=lead, code="it", text="Yes.", by=by, recorded_at=now)
    CallDraft.objects.create(lead=lead, by=by, saved_at=now)
    ReviewEntry.objects.create(lead=lead, view="near", score=1)
    Churn.objects.create(lead=lead, event=event, churned_on=now, reason="price", by=by)
    decision, _new = Decision.objects.get_or_create(event=event, defaults={"decided_at": now})
    Response.objects.create(
        event=decision.event, kind="dispute", note="Why?", by=by, responded_at=now
    )
    Pause.objects.create(
        handoff=handoff, starts_at=now, ends_at=now + timedelta(hours=1), reason="Ill.", by=by
    )
    _visited(lead, now)
    Notice.objects.create(user=by, event=event, kind="offered", text="x", url="/", created_at=now)
    return loser


def _visited(lead, now):
    """What they sent by a form, and the browser that they sat before."""
    form = CaptureForm.objects.create(name="Demo", slug="demo")
    sent = {"token": "t", "payload": {"lead.email": lead.email}, "address": "a", "site": "s"}
    Submission.objects.create(form=form, lead=lead, received_at=now, **sent)
    site = Site.objects.create(name="Shop", origin="https://shop.example")
    visitor = Visitor.objects.create(
        key=uuid4(), site=site, lead=lead, consented_at=now, seen_at=now, identified_at=now
    )
    Visit.objects.create(
        visitor=visitor, external_id="1", name="page_view", happened_at=now, recorded_at=now
    )


def a_whole_person():
    """(lead, the lead that was merged with it)"""
    lead = story.an_sql()
    return lead, everybody(lead)


def write_everywhere(lead_ids):
    """Words into each text column of each row about these leads; {table.column} that got them."""
    written = set()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # rows that never change, do
        for table in personal.tables():
            pks = list(table.rows(lead_ids).values_list("pk", flat=True))
            assert pks, f"no row of {table.label}: make one in everybody()"
            for column in table.texts():
                if column.name not in table.columns("keeps") or column.name == "details":
                    for n, pk in enumerate(pks):
                        _write(cursor, table.model._meta, column, pk, n)
                    written.add(f"{table.label}.{column.name}")
        cursor.execute(
            "UPDATE leads_lead SET search = to_tsvector('simple', %s) WHERE id = ANY(%s)",
            [WORDS, list(lead_ids)],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    return written


def _write(cursor, meta, column, pk, n):
    where = f"WHERE {meta.pk.column} = %s"
    if isinstance(column, models.JSONField):
        said = f'{{"{column.name}": "{WORDS}", "more": [{{"deep": ["{WORDS}"]}}]}}'
        value = f"coalesce({column.column}, '{{}}') || %s::jsonb"
        cursor.execute(f"UPDATE {meta.db_table} SET {column.column} = {value} {where}", [said, pk])
    else:
        said = f"{n}{WORDS}"[: column.max_length or 99]
        cursor.execute(f"UPDATE {meta.db_table} SET {column.column} = %s {where}", [said, pk])


def found_in(mark=MARK):
    """Every table.column of the database that holds the mark somewhere."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type NOT IN ('bigint', 'integer', 'smallint',
                'boolean', 'numeric', 'timestamp with time zone', 'date', 'interval')
        """)
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text ILIKE %s)',
                [f"%{mark}%"],
            )
            found += [f"{table}.{column}"] * cursor.fetchone()[0]
    return found


def fresh(lead):
    return Lead.objects.get(pk=lead.pk)
