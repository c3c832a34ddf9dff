"""The test bench: one lead, its points as they count and as a version would give them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.page import page
from leads import paging
from leads.models import Lead
from scoring import side_by_side, versions
from scoring.forms import TryForm
from scoring.frame import frame, may_read

MOST = 8  # leads found


@may_read
def bench(request, version):
    """The leads that match a search, or the ledgers of the chosen one."""
    now = timezone.now()
    form = TryForm(request.GET, now=now)
    context = frame("try", version) | {"form": form}
    if not form.is_valid():
        return page(request, "scoring/try.html", context, part="found", status=422)
    said, leads = form.cleaned_data, Lead.objects.visible_to(request.user).select_related("company")
    if said["q"]:
        found = paging.page(leads.unmerged().matching(said["q"]), "-score", size=MOST).rows
        context |= {"found": found, "searched": True}
    elif said["lead"]:
        lead = get_object_or_404(leads, pk=said["lead"])
        context |= {"lead": lead} | _compared(context, lead, form.moment, now)
    return page(request, "scoring/try.html", context, part="found")


def _compared(context, lead, as_of, now):
    """Of who came later than `as_of` there was nothing to score."""
    at = as_of or now
    if lead.created_at > at:
        return {"at": at, "bench": None}
    model, current = context["model"], context["current"]
    current = None if current == model else current
    books = versions.several([one for one in (model, current) if one])
    before, after = books.get(current and current.version), books[model.version]
    return {"at": at, "bench": side_by_side.bench(lead, before, after, at=at, as_of=as_of)}
