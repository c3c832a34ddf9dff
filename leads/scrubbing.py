"""What is left of the rows of an erased person: kinds, codes, numbers and moments, no words.

A word that other people's rows share is no sign of one of them and stays, as source or product: it
keeps the reports. One that nobody else has goes, too.
"""

import re

from django.db.models import Case, F, Func, JSONField, Value, When

from leads import bulk, cycles, personal
from leads.models import FieldChange, Lead, LeadEvent

WORD = "Erased."
# Details of an event that are codes of ours, or numbers written as text.
CODES = {
    "agreement", "amount", "clock", "currency", "detail", "ends", "estimate", "goes_to", "hold",
    "kind", "limit", "model", "origin", "path", "percent", "stage",
}  # fmt: skip
HISTORY_STAYS = ["do_not_contact", "on_target_list", "campaign_id"]
_FLAGS = """COALESCE((
    SELECT jsonb_object_agg(key, value)
    FROM jsonb_each(jsonb_path_query_first(%(expressions)s, 'strict $ ? (@.type() == "object")'))
    WHERE jsonb_typeof(value) = 'boolean' AND key ~ '^[a-z_]{1,40}$'
), '{}'::jsonb)"""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?")


def scrub(lead_ids):
    """Take the words out of every row of these leads, whose own rows are locked."""
    shared = _shared_sources(lead_ids)
    with personal.alterable(*[table.model for table in personal.tables()], FieldChange):
        for table in personal.tables():
            rows = table.rows(lead_ids)
            if table.goes:
                _delete(table, rows)
            elif changes := table.blanks() | _shared(table, rows) | _says(table) | _flags(table):
                _these(table, rows).update(**changes)
        _scrub_events(lead_ids, shared)
        _scrub_history(lead_ids)
    cycles.rebuild(lead_ids)


def plain(value, sources=frozenset(), key=""):
    """The details of an event without words: {name: number, code, moment, or the like}."""
    if isinstance(value, dict):
        kept = {name: plain(one, sources, name) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one is not _WORDS}
    if isinstance(value, list):
        kept = [plain(one, sources, key) for one in value]
        return [one for one in kept if one is not _WORDS]
    if not isinstance(value, str) or not value or key in CODES or _MOMENT.fullmatch(value):
        return value
    return value if key == "lead_source" and value in sources else _WORDS


def _these(table, rows):
    """Without the joins that found them, which an UPDATE cannot have."""
    return table.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))


def _delete(table, rows):
    _these(table, rows).delete()


def _says(table):
    return {
        name: Case(When(**{name: ""}, then=Value("")), default=Value(WORD))
        for name in table.columns("says")
    }


def _flags(table):
    return {
        name: Func(F(name), template=_FLAGS, output_field=JSONField())
        for name in table.columns("flags")
    }


def _shared(table, rows):
    """{column: emptied unless rows of others say the same}"""
    found = {}
    for name in table.columns("shared"):
        mine = {value for value in rows.values_list(name, flat=True) if value}
        others = table.model._base_manager.filter(**{f"{name}__in": mine})
        others = others.exclude(pk__in=rows.values("pk")).values_list(name, flat=True)
        stay = list(others.order_by().distinct()) if mine else []
        found[name] = Case(When(**{f"{name}__in": stay}, then=name), default=Value(""))
    return found


def _shared_sources(lead_ids):
    """Of the sources that their events name, those that other leads have."""
    events = LeadEvent.objects.filter(lead__in=lead_ids)
    mine = set(events.values_list("details__lead_source", flat=True)) - {None, ""}
    others = Lead.objects.filter(source__in=mine).exclude(pk__in=lead_ids)
    return frozenset(others.order_by().values_list("source", flat=True).distinct())


def _scrub_events(lead_ids, sources):
    events = list(LeadEvent.objects.filter(lead__in=lead_ids))
    for event in events:
        event.details = plain(event.details, sources)
    bulk.update(events, ["details"])


def _scrub_history(lead_ids):
    """That a fact changed, and when, is still known."""
    theirs = FieldChange.objects.filter(subject__in=["lead", "attr"], subject_id__in=lead_ids)
    theirs.exclude(field__in=HISTORY_STAYS).update(old=None, new=None)


_WORDS = object()
