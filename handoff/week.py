"""A rep's week against the agreement: what was taken, decided in time, touched in time, and why
the rest was given back."""

from dataclasses import dataclass

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from handoff import capacity


@dataclass(frozen=True)
class Line:
    """`state`: "" (a plain number), kept, or missed: some were late. `url`: the list behind it."""

    label: str
    value: str
    state: str = ""
    url: str = ""


def told_by(user, now):
    """A column: the handoffs of this week that `user` decided or should have touched, counted.

    Its own SQL: as six filtered counts of the ORM it took longer to compile than to run.
    """
    params = [user.pk, user.team_id, capacity.monday(now), now]
    return RawSQL(_TOLD, params, output_field=JSONField())  # noqa: S611  (our own statement)


def lines(facts, now):
    """Of a user with the columns said_week (told_by) and cap."""
    said = facts.said_week
    since = urlencode({"owner": "me", "cycle": "accepted", "since": capacity.monday(now).date()})
    return [
        Line(
            _("Handoffs taken"),
            _of(said["taken"], facts.cap),
            "",
            f"{reverse('leads:list')}?{since}",
        ),
        _in_time(_("Decided in time"), said["in_time"], said["decided"]),
        _in_time(_("Hand-raises touched in time"), said["touched"], said["raised"]),
        Line(_("Rejected, always with a reason"), str(said["rejected"])),
    ]


def _in_time(label, kept, all_):
    state = "" if not all_ else "kept" if kept == all_ else "missed"
    return Line(label, _of(kept, all_) if all_ else "–", state)


def _of(number, most):
    if most is None:
        return str(number)
    return _("%(number)d of %(most)d") % {"number": number, "most": most}


# What lapsed was not decided in time. Of the hand-raises, one that may still be touched in time is
# nobody's fault yet. Each way in which a handoff belongs to the week goes by an index.
_TOLD = """
    SELECT jsonb_build_object(
        'taken', count(*) FILTER (WHERE decided AND state = 'accepted'),
        'rejected', count(*) FILTER (WHERE decided AND state = 'rejected'),
        'decided', count(*) FILTER (WHERE decided AND state IN ('accepted', 'rejected', 'lapsed')),
        'in_time', count(*) FILTER (
            WHERE decided AND state IN ('accepted', 'rejected') AND decided_at <= due_at),
        'raised', count(*) FILTER (WHERE raised AND (touched OR due_at < now)),
        'touched', count(*) FILTER (WHERE raised AND touched))
    FROM (
        SELECT h.state, h.due_at, said.now, h.decided_at, h.decided_at >= said.monday AS decided,
            h.kind = 'hand_raise' AND h.created_at >= said.monday AS raised,
            coalesce(h.touched_at <= h.due_at, false) AS touched
        FROM (VALUES (%s::bigint, %s::bigint, %s::timestamptz, %s::timestamptz))
            AS said (person, team, monday, now)
        CROSS JOIN LATERAL (
            SELECT * FROM handoff_handoff
            WHERE to_user_id = said.person AND decided_at >= said.monday
            UNION ALL
            SELECT * FROM handoff_handoff
            WHERE to_user_id = said.person AND decided_at IS NULL AND created_at >= said.monday
            UNION ALL
            SELECT h.* FROM handoff_handoff h JOIN leads_leadevent e ON e.id = h.decided_event_id
            WHERE h.to_user_id IS NULL AND h.to_team_id = said.team
                AND h.decided_at >= said.monday AND e.actor_id = said.person
        ) h
    ) week
"""
