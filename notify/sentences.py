"""What a notice says, and the page that it opens."""

from django.urls import reverse
from django.utils.translation import gettext as _

from handoff.clocks import FIRST_TOUCH
from leads.words import deed, reason_words
from notify.models import Notice

Kind = Notice.Kind


def sentence(event, kind, handoff=None):
    """What happened, for whoever is told for this kind of reason. `handoff`: if one is meant."""
    receiver = handoff and (handoff.to_user or handoff.to_team)
    words = {
        "receiver": receiver or _("Sales"),
        "who": event.actor.display_name if event.actor else _("The system"),
        "lead": event.lead.title,
        "note": f" “{event.note}”" if event.note else "",
    }
    return _SENTENCES[kind](event, words)


def place(event, kind):
    if kind in (Kind.OFFERED, Kind.WARNED):
        return f"{reverse('handoff:inbox')}?lead={event.lead_id}"
    if kind == Kind.DECIDED:
        return reverse("handoff:decision", args=[event.pk])
    if kind == Kind.DISPUTED:
        return reverse("handoff:decision", args=[event.details["decision"]])
    return event.lead.get_absolute_url()


def _decided(event, words):
    reason = reason_words(event)
    words |= {"deed": deed(event, event.lead.title), "reason": f": {reason}" if reason else ""}
    return _("%(who)s %(deed)s%(reason)s.%(note)s") % words


def _offered(event, words):
    if event.details.get("owner") is None:
        return _offered_together(event, words)
    if event.name == "reject":
        return _("%(who)s sent %(lead)s on to you.%(note)s") % words
    if event.name == "reassign":
        return _("%(who)s reassigned %(lead)s to you.%(note)s") % words
    return _("%(who)s handed %(lead)s off to you.%(note)s") % words


def _offered_together(event, words):
    if event.name == "reject":
        return _("%(who)s sent %(lead)s on to your team.%(note)s") % words
    if event.name == "reassign":
        return _("%(who)s reassigned %(lead)s to your team.%(note)s") % words
    return _("%(who)s handed %(lead)s off to your team.%(note)s") % words


def _answered(event, words):
    if event.name == "disputed":
        return _("%(who)s disputed what you decided about %(lead)s.%(note)s") % words
    return _("%(who)s answered what you decided about %(lead)s.%(note)s") % words


def _disputed(event, words):
    return _("%(who)s disputed a decision about %(lead)s; settle it.%(note)s") % words


def _settled(event, words):
    words["what"] = reason_words(event).lower()
    return _("%(who)s settled the dispute about %(lead)s: %(what)s.%(note)s") % words


def _warned(event, words):
    words["percent"] = event.details.get("percent", "")
    if event.details.get("clock") == FIRST_TOUCH:
        return _("%(percent)s %% of the time to call %(lead)s has passed.") % words
    return _("%(percent)s %% of the time to decide about %(lead)s has passed.") % words


def _breached(event, words):
    if event.name == "review_overdue":
        return _("%(lead)s has waited for its review longer than agreed.") % words
    if event.name == "not_shown":
        return _("%(lead)s asked to be contacted and is in nobody’s inbox.") % words
    if event.details.get("clock") == FIRST_TOUCH:
        return _("%(receiver)s did not call %(lead)s in the time agreed.") % words
    return _("%(receiver)s did not decide about %(lead)s in the time agreed.") % words


_SENTENCES = {
    Kind.DECIDED: _decided,
    Kind.OFFERED: _offered,
    Kind.ANSWERED: _answered,
    Kind.DISPUTED: _disputed,
    Kind.SETTLED: _settled,
    Kind.WARNED: _warned,
    Kind.BREACHED: _breached,
}
