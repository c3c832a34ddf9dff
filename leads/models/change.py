"""What was known when: every change of a fact that a condition may read, written by the database.

The value of a field at moment T is `old` of its first change after T, else the current one. The
same triggers mark the lead as stale, so that its score is computed again however it was changed.
"""

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

LEAD_FACTS = [
    "email",
    "external_id",
    "first_name",
    "last_name",
    "phone",
    "job_title",
    "city",
    "country",
    "interest",
    "source",
    "consent_basis",
    "do_not_contact",
    "on_target_list",
    "campaign_id",
    "company_id",
]
COMPANY_FACTS = [
    "name",
    "domain",
    "industry",
    "employees",
    "revenue",
    "country",
    "city",
    "relationship",
]

# A simulated clock (demo, tests) may set leadops.now; else the moment of the transaction counts.
_NOW = "COALESCE(NULLIF(current_setting('leadops.now', true), '')::timestamptz, now())"
_SOURCE = "COALESCE(current_setting('leadops.source', true), '')"

_RECORD = """
    INSERT INTO leads_fieldchange (subject, subject_id, field, old, new, recorded_at, source)
    SELECT '{subject}', {key}, key, o.value, n.value, {now}, {source}
    FROM jsonb_each({new}) n FULL JOIN jsonb_each({old}) o USING (key)
    WHERE {tracked} o.value IS DISTINCT FROM n.value;
"""


class FieldChange(models.Model):
    """One fact changed from `old` to `new` (JSON; null: empty or absent). Append-only."""

    class Subject(models.TextChoices):
        LEAD = "lead"
        COMPANY = "company"
        ATTRIBUTE = "attr"
        ACTIVITY = "activity"

    subject = models.CharField(max_length=10, choices=Subject)
    subject_id = models.BigIntegerField()  # of the lead for `attr`, else of the row itself
    field = models.CharField(max_length=80)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["subject", "subject_id", "field", "recorded_at"], name="fieldchange_as_of"
            ),
            # Rows come in the order of this column: what has changed lately stands together.
            BrinIndex(fields=["recorded_at"], name="fieldchange_recorded", autosummarize=True),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self):
        return f"{self.subject} {self.subject_id}: {self.field}"


class StaleLead(models.Model):
    """A mark "score this lead again". Never unique: writers must not wait for the scorer."""

    lead_id = models.BigIntegerField()
    # When the first of the activities happened that came in; they want a class. Empty: none did.
    acted_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["lead_id"], name="stale_lead")]

    def __str__(self):
        return f"lead {self.lead_id}"


def record_changes(subject, facts):
    """The trigger which writes a FieldChange for each of `facts` that an update changes."""
    stale = {
        "lead": "INSERT INTO leads_stalelead (lead_id) VALUES (NEW.id);",
        "company": "INSERT INTO leads_stalelead (lead_id)"
        " SELECT id FROM leads_lead WHERE company_id = NEW.id;",
    }[subject]
    names = ", ".join(f"'{fact}'" for fact in facts)
    body = _RECORD.format(
        subject=subject,
        key="NEW.id",
        old="to_jsonb(OLD)",
        new="to_jsonb(NEW)",
        now=_NOW,
        source=_SOURCE,
        tracked=f"key IN ({names}) AND",
    )
    return pgtrigger.Trigger(
        name="record_changes",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(*facts),
        condition=pgtrigger.Condition(
            " OR ".join(f"OLD.{fact} IS DISTINCT FROM NEW.{fact}" for fact in facts)
        ),
        func=f"{body} {stale} RETURN NEW;",
    )


def record_deletion(subject, facts):
    """The trigger which keeps what was known of a row that is deleted."""
    names = ", ".join(f"'{fact}'" for fact in facts)
    return pgtrigger.Trigger(
        name="record_deletion",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        func=f"""
            INSERT INTO leads_fieldchange
                (subject, subject_id, field, old, new, recorded_at, source)
            SELECT '{subject}', OLD.id, key, value, NULL, {_NOW}, {_SOURCE}
            FROM jsonb_each(to_jsonb(OLD)) WHERE key IN ({names});
            RETURN OLD;
        """,
    )


def record_attribute_changes():
    """The same for the custom attributes of a lead, key by key."""
    body = _RECORD.format(
        subject="attr",
        key="NEW.lead_id",
        old="OLD.values",
        new="NEW.values",
        now=_NOW,
        source=_SOURCE,
        tracked="",
    )
    return pgtrigger.Trigger(
        name="record_changes",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("values"),
        condition=pgtrigger.Condition("OLD.values IS DISTINCT FROM NEW.values"),
        func=f"{body} INSERT INTO leads_stalelead (lead_id) VALUES (NEW.lead_id); RETURN NEW;",
    )


def record_class_changes():
    """An activity found to be a bot's, or not, keeps when that became known."""
    return pgtrigger.Trigger(
        name="record_class",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("actor_class"),
        condition=pgtrigger.Condition("OLD.actor_class IS DISTINCT FROM NEW.actor_class"),
        func=f"""
            INSERT INTO leads_fieldchange
                (subject, subject_id, field, old, new, recorded_at, source)
            VALUES ('activity', NEW.id, 'actor_class', to_jsonb(OLD.actor_class),
                    to_jsonb(NEW.actor_class), {_NOW}, {_SOURCE});
            INSERT INTO leads_stalelead (lead_id) VALUES (NEW.lead_id);
            RETURN NEW;
        """,
    )


def mark_stale(key):
    """The trigger which marks the leads of new rows; `key` is their lead's column."""
    return pgtrigger.Trigger(
        name="mark_stale",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="fresh"),
        func=f"""
            INSERT INTO leads_stalelead (lead_id) SELECT DISTINCT {key} FROM fresh;
            RETURN NULL;
        """,
    )


def mark_acted():
    """The same for activities, with what leads/bots.py needs to find them."""
    return pgtrigger.Trigger(
        name="mark_stale",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="fresh"),
        func="""
            INSERT INTO leads_stalelead (lead_id, acted_since)
            SELECT lead_id, min(happened_at) FROM fresh GROUP BY lead_id;
            RETURN NULL;
        """,
    )
