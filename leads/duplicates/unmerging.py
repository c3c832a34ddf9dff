"""A merge is taken back: two people after all. For 30 days, the newest merge of a chain first."""

from datetime import timedelta

from django.utils.translation import gettext as _

from leads.duplicates import choosing, moving, pairs
from leads.duplicates.merging import both_locked, swap, told
from leads.lifecycle import DISQUALIFIED, UNDO_SECONDS
from leads.models import Lead, LeadAttributes, Merge
from leads.perform import perform
from leads.refusals import Conflict, Forbidden, Refusal
from leads.undo import latest_standing

DAYS = 30
REASON = "other"  # offered at every reopening


def current(lead):
    """The merge by which this lead is part of another one, or None."""
    if not lead.merged_into_id:
        return None
    merges = Merge.objects.filter(loser=lead, unmerged_at=None)
    return merges.select_related("winner", "loser", "by").first()


def offered(lead, user, now):
    """What the page of a lead says of its merge: `merge`, whether this person may see the winner,
    and `kept_merged`, why it stays so; "" when they may take it back."""
    row = current(lead)
    if row is None:
        return {"merge": None}
    why = refusal(row, user, now)
    seen = Lead.objects.visible_to(user).filter(pk=row.winner_id).exists()
    return {"merge": row, "winner_seen": seen, "kept_merged": why.message if why else ""}


def refusal(row, user, now):
    """Why this person cannot take this merge back, or None. Asks whether the lead must be reopened,
    which is a manager's."""
    if row.unmerged_at:
        return Conflict(_("This merge was taken back already."))
    if now - row.merged_at > timedelta(days=DAYS):
        return Refusal(_("Merged more than %(days)d days ago.") % {"days": DAYS})
    if row.winner.merged_into_id:
        words = _("%(lead)s was merged on since: take that merge back first.")
        return Conflict(words % {"lead": row.winner.title})
    if not user.is_marketer:
        return Forbidden(_("Marketing merges leads."))
    if _left_by(row) and not (user.is_manager or _at_once(row, user, now)):
        return Forbidden(_("Reopening the lead is a manager's: ask one to unmerge."))
    return None


def unmerge(row, *, by, now):
    """Returns (the Merge, labels of the facts which stay as somebody has changed them since)."""
    with both_locked(row.winner_id, row.loser_id, by, now) as leads:
        row = Merge.objects.select_for_update().get(pk=row.pk)
        row.winner, row.loser = leads[row.winner_id], leads[row.loser_id]
        if wrong := refusal(row, by, now):
            raise wrong
        kept = _give_back(row)
        moving.move_back(row.moved, row.winner, row.loser)
        row.unmerged_at, row.unmerged_by = now, by
        row.save(update_fields=["unmerged_at", "unmerged_by"])
        _reopen(row, by, now)
        pairs.unmerged(row.winner, row.loser, by=by, now=now)
        told(row, "unmerged", by=by, now=now)
    return row, kept


def _give_back(row):
    """What the winner took, unless it was changed since; the loser stands by itself again."""
    winner, loser, kept = row.winner, row.loser, []
    columns = {n: pair for n, pair in row.chosen.items() if not n.startswith("attr.")}
    for name in [name for name in choosing.KEYS if name in columns]:
        before, after = columns.pop(name)
        if getattr(winner, name) == after:
            swap(winner, loser, name, before, after)
        else:
            kept.append(name)
            taken = Lead.objects.filter(**{f"{name}__iexact": after}).exclude(pk=loser.pk).exists()
            Lead.objects.filter(pk=loser.pk).update(**{name: "" if taken else after})
    same = {name: before for name, (before, after) in columns.items()
            if getattr(winner, name) == after}  # fmt: skip
    kept += columns.keys() - same.keys()
    if same:
        Lead.objects.filter(pk=winner.pk).update(**same)
    Lead.objects.filter(pk=loser.pk).update(merged_into=None)
    return [choosing.label_of(name) for name in [*kept, *_give_attributes_back(row)]]


def _give_attributes_back(row):
    """Returns the names of those that stay."""
    chosen = {n.removeprefix("attr."): p for n, p in row.chosen.items() if n.startswith("attr.")}
    if not chosen:
        return []
    stored = LeadAttributes.objects.get(lead=row.winner)
    kept = []
    for code, (before, after) in chosen.items():
        if stored.values.get(code) != after:
            kept.append(f"attr.{code}")
        elif before is None:
            del stored.values[code]
        else:
            stored.values[code] = before
    stored.save()
    return kept


def _reopen(row, by, now):
    """Within seconds it is as it was; later a manager reopens it, through the same door."""
    if not _left_by(row):
        return
    if _at_once(row, by, now):
        perform(row.loser, "undo", by=by, now=now)
    else:
        note = _("Unmerged: not the same person as %(lead)s.") % {"lead": row.winner.title}
        perform(row.loser, "reopen", by=by, now=now, reason=REASON, note=note)


def _left_by(row):
    """Was it this merge that disqualified the loser?"""
    if row.loser.stage != DISQUALIFIED:
        return False
    event = latest_standing([row.loser_id]).get(row.loser_id)
    return bool(event and event.name == "disqualify" and event.happened_at == row.merged_at)


def _at_once(row, user, now):
    within = now - row.merged_at <= timedelta(seconds=UNDO_SECONDS)
    return within and user.pk == row.by_id
