"""The leads behind a number of another page: what a link has narrowed the list to, in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.models import Lead
from leads.querysets import Passed

_OF_CYCLE = ["cycle", "since", "of_campaign"]


def behind(found):
    """[(words, names of the filters that say so)] of a valid LeadFilter."""
    said = found.said
    narrowed = [(_passed(found), _OF_CYCLE)] if "cycle" in said else []
    if "referred_by" in said:
        narrowed.append((_referred(found), ["referred_by"]))
    return narrowed


def _passed(found):
    said = found.said
    words = [str(Passed(said["cycle"]).label)]
    if day := said.get("since"):
        words.append(_("since %(day)s") % {"day": date_format(day, "j M Y")})
    if campaign := said.get("of_campaign"):
        names = dict(found.offers.campaigns)
        words.append(_("by %(campaign)s") % {"campaign": names.get(str(int(campaign)), "–")})
    return " ".join(words)


def _referred(found):
    seen = Lead.objects.visible_to(found.request.user)
    who = seen.filter(pk=found.said["referred_by"]).first()
    return _("Referred by %(who)s") % {"who": who.title if who else "–"}
