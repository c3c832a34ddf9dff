"""The other lead, as somebody names it who turns one down as a duplicate."""

from django.urls import Resolver404, resolve

from accounts.page import number
from leads import matching
from leads.models import Lead


def named(text, user):
    """{other: the lead or None, other_said: what an event tells of it} of an address, a number of a
    lead, or its address in the browser; {} for nothing.

    Whether somebody exists whom this person may not see is told by neither: what was typed stays as
    it is, and marketing finds the pair in its list.
    """
    text = text.strip()
    if not text:
        return {}
    pk = number(text.lstrip("#")) or _of_page(text) or _of_address(text)
    lead = Lead.objects.select_related("merged_into").filter(pk=pk).first() if pk else None
    if lead is None:
        return {"other": None, "other_said": text}
    lead = lead.merged_into or lead
    seen = Lead.objects.visible_to(user).filter(pk=lead.pk).exists()
    return {"other": lead, "other_said": lead.title if seen else text}


def _of_address(text):
    return matching.find(emails=[text]).emails.get(text.lower())


def _of_page(text):
    path = "/" + text.split("://", 1)[-1].partition("/")[2] if "/" in text else ""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return found.kwargs.get("pk") if found.view_name == "leads:detail" else None
