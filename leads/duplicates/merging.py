"""Two leads become one: the winner stays, the loser keeps its row and its story and points to it.

The loser leaves through the one door, so that its offer is withdrawn and every law holds; `into` in
the details of that event tells it from a lead that somebody turned down. What the winner takes and
what moves is written into a Merge, from which unmerging.py puts both back.
"""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads import deliver
from leads.changes import recording
from leads.duplicates import choosing, moving, pairs, searching
from leads.lifecycle import SQL
from leads.models import Lead, LeadAttributes, Merge, StaleLead
from leads.noting import note_events
from leads.perform import perform, sources
from leads.refusals import Conflict, Forbidden, Refusal
from leads.words import conflict_words

REASON = "duplicate"


def merge(winner, loser, *, by, now, said=None):
    """Returns the Merge. `said`: {column or attr.code: "ours" or "theirs"}, as in choosing.rows.

    Raises a Refusal, and then nothing has happened.
    """
    with both_locked(winner.pk, loser.pk, by, now) as leads:
        winner, loser = leads[winner.pk], leads[loser.pk]
        check(winner, loser, by=by, now=now)
        if loser.stage in sources("disqualify"):
            said_so = {"reason": REASON, "into": winner, "other_said": winner.title}
            loser = perform(loser, "disqualify", by=by, now=now, **said_so)
        chosen = _take(winner, loser, said)
        moved = moving.move(loser, winner)
        row = Merge.objects.create(
            winner=winner, loser=loser, by=by, merged_at=now, chosen=chosen, moved=moved
        )
        pairs.merged(winner, loser, by=by, now=now)
        told(row, "merged", by=by, now=now)
    return row


def check(winner, loser, *, by, now):
    """Raises the Refusal of whoever may not be merged, or not this way round."""
    if not by.is_marketer:
        raise Forbidden(_("Marketing merges leads."))
    for lead in (winner, loser):
        if lead.merged_into_id:
            raise Conflict(conflict_words([lead], now)[lead.pk])
    if loser.stage == SQL:
        words = _("%(lead)s is in the pipeline: close its opportunity first, or keep that lead.")
        raise Refusal(words % {"lead": loser.title})


def follow():
    """What came in for a loser beside its merge goes the same way, and comes back with the rest."""
    for pk in moving.left_behind():
        with transaction.atomic():
            (loser,) = Lead.objects.raw(_LOCKED, [[pk]])
            row = Merge.objects.select_for_update().filter(loser=loser, unmerged_at=None).first()
            if row is None or not loser.merged_into_id:
                continue
            moved = moving.move(loser, loser.merged_into)
            for name, ids in moved.items():
                row.moved[name] = [*row.moved.get(name, []), *ids]
            row.save(update_fields=["moved"])
            StaleLead.objects.create(lead_id=loser.merged_into_id)


@contextmanager
def both_locked(one, other, by, now):
    """{id: the fresh lead} of both, in one transaction; locked by id, as everywhere."""
    if one == other:
        raise Refusal(_("These are not two leads."))
    try:
        with transaction.atomic(), recording(f"merge, {by.email}"[:80], now):
            leads = {lead.pk: lead for lead in Lead.objects.raw(_LOCKED, [sorted({one, other})])}
            if len(leads) < 2:
                raise Conflict(_("One of the two leads no longer exists."))
            yield leads
    except IntegrityError as error:
        raise Conflict(_("Another lead has one of these keys by now: nothing was done.")) from error


def told(row, name, *, by, now):
    """Both leads tell of it, and both are judged and scored anew."""
    noted = [
        (lead, {"details": {"merge": row.pk, "other": other.pk, "other_said": other.title}})
        for lead, other in ((row.winner, row.loser), (row.loser, row.winner))
    ]
    note_events(noted, name, by=by, now=now)
    ids = sorted((row.winner_id, row.loser_id))
    StaleLead.objects.bulk_create([StaleLead(lead_id=pk) for pk in ids])
    searching.look(ids, now)
    deliver.follow("changed", ids)
    deliver.announce("changed")


def swap(winner, loser, name, wanted, given):
    """The unique column `name`: `wanted` for the winner, `given` for the loser, one at a time."""
    Lead.objects.filter(pk=loser.pk).update(**{name: ""})
    Lead.objects.filter(pk=winner.pk).update(**{name: wanted})
    Lead.objects.filter(pk=loser.pk).update(**{name: given})


def _take(winner, loser, said):
    """Write the facts that the winner takes; returns Merge.chosen."""
    found = choosing.rows(winner, loser, said)
    columns, attributes = choosing.taken(found)
    if loser.do_not_contact and not winner.do_not_contact:  # whoever asked for silence keeps it
        columns["do_not_contact"] = True
    chosen = {}
    # First, so that nobody who is known by a phone alone stands in the way of a key that moves.
    Lead.objects.filter(pk=loser.pk).update(merged_into=winner)
    for name in [name for name in choosing.KEYS if name in columns]:
        before, after = getattr(winner, name), columns.pop(name)
        chosen[name] = [before, after]
        swap(winner, loser, name, after, before)
    if columns:
        values = {
            f"{name}_id" if hasattr(winner, f"{name}_id") else name: getattr(value, "pk", value)
            for name, value in columns.items()
        }
        chosen |= {name: [getattr(winner, name), value] for name, value in values.items()}
        Lead.objects.filter(pk=winner.pk).update(**values)
    if attributes:
        stored, _new = LeadAttributes.objects.get_or_create(lead=winner)
        chosen |= {f"attr.{c}": [stored.values.get(c), v] for c, v in attributes.items()}
        stored.values |= attributes
        stored.save()
    return chosen


_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
