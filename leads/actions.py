"""What this person may do with this lead now: asked of the machine, never of a second list."""

from dataclasses import dataclass

import django_fsm as fsm
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from leads.perform import sources, transitions
from leads.refusals import Conflict, Forbidden
from leads.words import conflict_words

KEYS = {"hand_off": "A", "accept": "A", "reject": "R", "recycle": "N", "disqualify": "D"}
ICONS = {
    "qualify": "filter-check",
    "hand_off": "send",
    "recall": "arrow-back-up",
    "accept": "check",
    "reject": "arrow-back-up",
    "claim": "user-check",
    "qualify_sales": "target-arrow",
    "recycle": "plant-2",
    "disqualify": "circle-x",
    "win": "trophy",
    "lose": "circle-minus",
    "reassign": "user-share",
    "reopen": "refresh",
    "reengage": "refresh",
    "demote": "chevron-down",
}
BULK = ["hand_off", "qualify", "recycle", "disqualify", "reassign"]
_BULK_NEEDS = {"reassign": "manage_lead"}


@dataclass(frozen=True)
class Action:
    name: str
    label: str
    url: str
    icon: str = ""
    key: str = ""


def available(lead, user):
    """The transitions that start from the lead's stage and that the user may run, in order."""
    if lead.erased_at:
        return []
    return [
        _action(name, reverse("leads:act", args=[lead.pk, name]), KEYS.get(name, ""))
        for name in transitions()
        if has_form(name)
        and lead.stage in sources(name)
        and _allows(lead, name, user)
        and not lead.merged_into_id
    ]


def in_bulk(user):
    """The transitions that a role runs on a selection; perform checks again for each lead."""
    return [
        _action(name, reverse("leads:bulk", args=[name]))
        for name in BULK
        if user.has_perm(f"leads.{_BULK_NEEDS.get(name, 'market_lead')}")
    ]


def refusal(lead, name, user, now):
    """Why the form of a transition is not even shown, or None."""
    if lead.merged_into_id or lead.stage not in sources(name):
        return Conflict(conflict_words([lead], now)[lead.pk])
    if not _allows(lead, name, user):
        return Forbidden("")
    return None


def may_edit(lead, user):
    """Marketing edits every lead; a rep what is theirs or their team's; nobody who was erased, or
    a lead that was merged."""
    if lead.erased_at or lead.merged_into_id:
        return False
    if user.is_marketer:
        return True
    return user.is_rep and (lead.owner_id == user.pk or lead.team_id == (user.team_id or 0))


def has_form(name):
    """Is this a transition that people run? Wake and undo have no form."""
    return "form" in settings.LEAD_PIPELINE.get(name, {})


def form(name, data=None, **options):
    """The form that asks for the transition's arguments; LEAD_PIPELINE names its class."""
    return import_string(settings.LEAD_PIPELINE[name]["form"])(data, **options)


def _allows(lead, name, user):
    return fsm.has_transition_perm(getattr(lead, name), user)


def _action(name, url, key=""):
    return Action(name, transitions()[name].custom["label"], url, ICONS.get(name, ""), key)
