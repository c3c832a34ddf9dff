"""The scored list: narrowed, sorted and paged by its URL, and moves of a selection."""

from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import push_url, replace_url

from accounts.page import current_path, number, page
from leads import actions, paging
from leads.filters import LeadFilter, Sort
from leads.models import Lead
from leads.perform import perform_many, transitions
from leads.querysets import Passed

TEMPLATE, RESULT = "leads/list.html", "leads/bulk.html"
TABS = {
    "": gettext_lazy("All"),
    "review": gettext_lazy("In review"),
    "inbox": gettext_lazy("Offered to sales"),
    "discovery": gettext_lazy("Discovery"),
    "pipeline": gettext_lazy("Pipeline"),
    "nurture": gettext_lazy("Nurture"),
    "data": gettext_lazy("Data to fix"),
}


def index(request):
    """The whole page; for htmx the region of the list. Its address holds no empty values."""
    if not request.htmx and "" in request.GET.values():
        return redirect(_url(request))
    leads = Lead.objects.visible_to(request.user)
    found = LeadFilter(request.GET, queryset=leads, request=request)
    if not found.form.is_valid():
        return page(request, TEMPLATE, {"filter": found}, part="leads", status=422)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    shown = found.qs.select_related("company", "owner", "team")
    rows = paging.page(shown, found.said.get("sort", Sort.BEST), **place)
    whole = not request.htmx or request.htmx.history_restore_request
    if whole:
        found.offer_campaigns()
    answer = page(request, TEMPLATE, _shown(request, found, rows), part="leads")
    return answer if whole else _placed(request, answer, place)


def sources(request):
    """What the source filter offers, once somebody goes there."""
    return render(request, "leads/sources.html", {"sources": Lead.objects.sources()})


@require_POST
def bulk(request, name):
    """First the transition's form, then the move with a result for each lead."""
    if name not in actions.BULK:
        raise Http404
    if name not in [action.name for action in actions.in_bulk(request.user)]:
        raise PermissionDenied
    ids = [pk for one in request.POST.getlist("ids") if (pk := number(one))]
    leads = Lead.objects.visible_to(request.user).select_related("company").in_bulk(ids)
    data = request.POST if "sure" in request.POST else None
    form = actions.form(name, data, leads=list(leads.values()), user=request.user)
    words = transitions()[name].custom
    context = {"label": words["label"], "done": words["done"], "form": form}
    context |= {"leads": list(leads.values())}
    if leads and form.is_valid():
        said = form.cleaned_data
        outcome = perform_many(leads, name, by=request.user, group=uuid4(), **said)
        context |= _result(leads, outcome)
    return page(request, RESULT, context, status=422 if form.errors else None)


def _placed(request, answer, place):
    """With its address for the browser. A search, typed letter by letter, is one step back."""
    url, current = _url(request, **place), current_path(request)
    if url == current:
        return answer
    before = QueryDict(urlsplit(current).query).get("q")
    is_typing = before and before != request.GET.get("q")
    return (replace_url if is_typing else push_url)(answer, url)


def _shown(request, found, rows):
    said = found.said
    passed = said.get("cycle")
    return {
        "filter": found,
        "page": rows,
        "words": _("%(total)s leads") % {"total": rows.total_words},
        "tabs": [
            (_url(request, queue=code), label, code == said.get("queue", ""))
            for code, label in TABS.items()
        ],
        "after": _url(request, after=rows.after) if rows.after else "",
        "before": _url(request, before=rows.before) if rows.before else "",
        "passed": Passed(passed).label if passed else "",
        "since": said.get("since"),
        "without_passed": _url(request, cycle="", since=""),
        "bulk": actions.in_bulk(request.user),
    }


def _url(request, **changes):
    """The same list with other values; empty and usual ones, and the place in it, are left out."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    for name in [name for name, value in query.items() if value in ("", Sort.BEST)]:
        del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _result(leads, outcome):
    return {
        "moved": outcome.moved,
        "refused": [(leads[pk], refusal) for pk, refusal in outcome.refused.items()],
    }
