"""The scored list: narrowed, sorted and paged by its URL, and moves of a selection."""

from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import push_url, replace_url

from accounts.page import current_path, number, page
from leads import actions, paging
from leads.behind import behind
from leads.conditions import words
from leads.counting import hurried
from leads.filters import LeadFilter, Sort
from leads.models import Lead
from leads.perform import perform_many, transitions

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
# All that a row shows, and nothing that it does not: a lead with those around it has 60 columns.
COLUMNS = [
    *("first_name", "last_name", "email", "phone", "city", "interest", "source", "company__name"),
    *("grade", "score", "stage", "stage_at", "due_at", "created_at", "team__name"),
    "erased_at",
    *("owner__first_name", "owner__last_name", "owner__email"),
]


def index(request):
    """The whole page; for htmx the region of the list. Its address holds no empty values."""
    if not request.htmx and "" in request.GET.values():
        return redirect(list_url(request))
    leads = Lead.objects.visible_to(request.user).unmerged()
    found = LeadFilter(request.GET, queryset=leads, request=request)
    if not found.form.is_valid():
        return page(request, TEMPLATE, {"filter": found}, part="leads", status=422)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    rows = _rows(found, place)
    if rows is None:
        return page(request, TEMPLATE, {"filter": found}, part="leads", status=422)
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


def _rows(found, place):
    """One page of them; None, with an error in the filter, when a condition takes too long."""
    sort = found.said.get("sort", Sort.BEST)
    rows = Lead.objects.select_related("company", "owner", "team").only(*COLUMNS)
    if found.condition is None:
        return paging.page(found.qs, sort, rows=rows, **place)
    try:
        with hurried():
            return paging.page(found.qs, sort, rows=rows, **place)
    except OperationalError:
        found.form.add_error("where", _("It takes long to find the leads that match."))


def _placed(request, answer, place):
    """With its address for the browser. A search, typed letter by letter, is one step back."""
    url, current = list_url(request, **place), current_path(request)
    if url == current:
        return answer
    before = QueryDict(urlsplit(current).query).get("q")
    is_typing = before and before != request.GET.get("q")
    return (replace_url if is_typing else push_url)(answer, url)


def _shown(request, found, rows):
    said = found.said
    view = said.get("view")
    return {
        "filter": found,
        "page": rows,
        "words": _("%(total)s leads") % {"total": rows.total_words},
        "tabs": [
            (
                list_url(request, queue=code, view=""),
                label,
                not view and code == said.get("queue", ""),
            )
            for code, label in TABS.items()
        ],
        "views": [(one.get_absolute_url(), one, one == view) for one in found.views.values()],
        "where": words(found.condition, found.offers.attributes) if found.condition else "",
        "without_where": list_url(request, where="", view=""),
        "edit_view": _edit_url(request),
        "after": list_url(request, after=rows.after) if rows.after else "",
        "before": list_url(request, before=rows.before) if rows.before else "",
        "behind": [
            (words, list_url(request, **dict.fromkeys(names, ""))) for words, names in behind(found)
        ],
        "bulk": actions.in_bulk(request.user),
    }


def list_url(request, **changes):
    """The same list with other values; empty and usual ones, and the place in it, are left out."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    for name in [name for name, value in query.items() if value in ("", Sort.BEST)]:
        del query[name]
    path = reverse("leads:list")
    return f"{path}?{query.urlencode()}" if query else path


def _edit_url(request):
    """Where the condition of this list is changed, and the list saved as a view."""
    return list_url(request).replace(reverse("leads:list"), reverse("leads:view"), 1)


def _result(leads, outcome):
    return {
        "moved": outcome.moved,
        "refused": [(leads[pk], refusal) for pk, refusal in outcome.refused.items()],
    }
