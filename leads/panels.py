"""Another app's panel on our page, by URL name: its own view answers, inside this request.

So the page is whole without scripts, and who is asking is looked up once.
"""

import copy

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import resolve, reverse
from django.utils.safestring import mark_safe
from django_htmx.middleware import HtmxDetails

from leads import activities
from leads.models import Lead


def panel(request, name, lead):
    """What the view `name` answers to htmx about the lead, as HTML."""
    url = reverse(name, args=[lead.pk])
    match = resolve(url)
    asked = copy.copy(request)
    asked.method, asked.path, asked.path_info, asked.resolver_match = "GET", url, url, match
    meta = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    asked.META = meta | {"HTTP_HX_REQUEST": "true", "PATH_INFO": url}
    asked.__dict__.pop("headers", None)
    asked.GET, asked.lead = QueryDict(), lead
    asked.htmx = HtmxDetails(asked)
    answer = match.func(asked, *match.args, **match.kwargs)
    return mark_safe(answer.content.decode())  # noqa: S308  (rendered by our own template)


def lead_of(request, pk):
    """For the panel's view: the lead of the page around it, or found anew when asked by itself."""
    lead = getattr(request, "lead", None)
    if lead is not None and lead.pk == pk:
        return lead
    leads = Lead.objects.visible_to(request.user).annotate(classes=activities.classes_of_lead())
    return get_object_or_404(leads, pk=pk)
