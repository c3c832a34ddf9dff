"""What a rep would say aloud of an offered lead: who, what they did last, what they want."""

from datetime import datetime

from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Activity
from leads.telling import did

RAISES = {Activity.Kind.CONTACT_REQUEST, Activity.Kind.DEMO_REQUEST}
WORDS = 24  # of what somebody wrote; the rest stands on the lead's page


def sentence(lead, deeds, now):
    """ "Lukáš Horák of Sázava Strojírny asked for a demo 49 minutes ago, wrote ‘for two halls’ and
    is interested in tariff forecasts."

    `deeds`: what they did, newest first: {kind, subject, body, at}. Nothing is said that nobody
    knows: no deeds, no deeds told.
    """
    first, *others = sorted(deeds, key=lambda one: one["kind"] not in RAISES) or [None]
    told = [_deed(first, now) if first else _came(lead, now)]
    if first and first["body"]:
        wrote = Truncator(first["body"].strip().rstrip(".")).words(WORDS)
        told.append(_("wrote ‘%(words)s’") % {"words": wrote})
    told += [_deed(one, now) for one in others if not _same(one, first)][:1]
    if lead.interest:
        told.append(_("is interested in %(interest)s") % {"interest": lead.interest})
    *before, last = told
    said = _("%(before)s and %(last)s") % {"before": ", ".join(before), "last": last}
    return f"{_who(lead)} {said if before else last}."


def ago(at, now):
    """A moment as it is said aloud: 49 minutes ago."""
    words = {"span": timesince(at, now, depth=1).replace("\xa0", " ")}
    return _("%(span)s ago") % words if (now - at).total_seconds() >= 60 else _("just now")


def _who(lead):
    if lead.name and lead.company:
        return _("%(name)s of %(company)s") % {"name": lead.name, "company": lead.company}
    return lead.title


def _deed(deed, now):
    words = _OURS.get(deed["kind"]) or did(deed["kind"], deed["subject"])
    return f"{words[:1].lower()}{words[1:]} {ago(datetime.fromisoformat(deed['at']), now)}"


def _same(one, other):
    return (one["kind"], one["subject"]) == (other["kind"], other["subject"])


def _came(lead, now):
    words = {"source": lead.source, "ago": ago(lead.created_at, now)}
    return _("came by %(source)s %(ago)s") % words if lead.source else _("came %(ago)s") % words


# Said of both sides, so that the lead stays the one who acts.
_OURS = {
    Activity.Kind.CALL: gettext_lazy("spoke to us"),
    Activity.Kind.MEETING: gettext_lazy("met us"),
}
