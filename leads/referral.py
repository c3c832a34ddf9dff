"""Who referred a lead: another lead, typed by its email address or its name."""

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from leads.models import Lead
from leads.searching import search_query

SOME = 3


def said(lead, *, to):
    """What the person `to` would type to mean this lead; "" for none. The address only to somebody
    who may see the lead."""
    if lead is None:
        return ""
    seen = Lead.objects.visible_to(to).filter(pk=lead.pk).exists()
    return (seen and lead.email) or lead.title


def found(text, *, of, by):
    """The lead which the person `by` means with this text, or None for an empty one.

    Raises a ValidationError where it is nobody, several, or the lead `of` itself.
    """
    if not text:
        return None
    people = Lead.objects.visible_to(by).unmerged()
    known = _addressed(people, text) or _named(people, text)
    if not known:
        raise ValidationError(_("No lead that you see is called so."))
    if len(known) > 1:
        who = ", ".join(f"{one} ({one.email or one.phone or '–'})" for one in known[:SOME])
        raise ValidationError(_("Several are called so: %(who)s. Type the email.") % {"who": who})
    if known[0] == of:
        raise ValidationError(_("Nobody refers themselves."))
    return known[0]


def _addressed(people, text):
    return list(people.annotate(low=Lower("email")).filter(low=text.lower())[:1])


def _named(people, text):
    if search_query(text) is None:  # it has no letter, and would match everybody
        return []
    return list(people.matching(text).order_by("-score", "-pk")[: SOME + 1])
