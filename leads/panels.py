"""Another app's panel on our page, by URL name: its own view answers, inside this request.

So the page is whole without scripts, and who is asking is looked up once.
"""

import copy

from django.http import QueryDict
from django.urls import resolve, reverse
from django.utils.safestring import mark_safe
from django_htmx.middleware import HtmxDetails


def panel(request, name, *args):
    """What the view `name` answers to htmx, as HTML."""
    url = reverse(name, args=args)
    match = resolve(url)
    asked = copy.copy(request)
    asked.method, asked.path, asked.path_info, asked.resolver_match = "GET", url, url, match
    meta = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    asked.META = meta | {"HTTP_HX_REQUEST": "true", "PATH_INFO": url}
    asked.__dict__.pop("headers", None)
    asked.GET = QueryDict()
    asked.htmx = HtmxDetails(asked)
    answer = match.func(asked, *match.args, **match.kwargs)
    return mark_safe(answer.content.decode())  # noqa: S308  (rendered by our own template)
