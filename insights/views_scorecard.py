"""The page of the scorecard: a month of both sides, under own versions or restated."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.page import number, page
from handoff import agreements
from handoff.models import Agreement
from insights import scorecard as cards

EARLIEST = 1900


def scorecard(request):
    """The whole page, or the card alone for htmx."""
    now = timezone.now()
    asked = _version(request)
    agreement = asked or agreements.in_force()
    month = cards.month_of(_month(request, now), agreement, now)
    context = {"month": month, "agreement": agreement, "under": asked}
    context["brief"] = "brief" in request.GET  # on another page, which keeps its address
    if agreement:
        context["sides"] = cards.scorecard(month, agreement, under=asked).items()
        signed = Agreement.objects.filter(in_force_from__isnull=False)
        context["versions"] = signed.order_by("-version")
    return page(request, "insights/scorecard.html", context, part="card")


def _version(request):
    """The version to restate under, or None. Raises Http404 for one that was never in force."""
    version = number(request.GET.get("under", ""))
    if version is None:
        return None
    signed = Agreement.objects.select_related("calendar").filter(in_force_from__isnull=False)
    return get_object_or_404(signed, version=version)


def _month(request, now):
    """The first day of `?month=2026-11`; this month for anything that is none, lies ahead, or has
    nothing before it."""
    try:
        year, month = (int(part) for part in request.GET.get("month", "").split("-"))
        said = datetime(year, month, 1, tzinfo=timezone.get_current_timezone())
    except (ValueError, OverflowError):
        return now
    return min(said, now) if year >= EARLIEST else now
