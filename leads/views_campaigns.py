"""The pages of campaigns: what each cost, and how many leads came of it."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.page import number, page
from leads import campaigns
from leads.models import Campaign, Lead

SIZE = 50
LEADS = 20  # the newest; the list of leads has the others
marketers = permission_required("leads.market_lead", raise_exception=True)


@marketers
def index(request):
    """The newest campaigns first; for htmx the region of the list."""
    newest = F("starts_on").desc(nulls_last=True)
    found = Campaign.objects.order_by(newest, "-pk").annotate(cost=Sum("costs__amount"))
    shown = Paginator(found, SIZE).get_page(number(request.GET.get("page", "")) or 1)
    results = campaigns.results([one.pk for one in shown])
    context = {
        "rows": [(one, results[one.pk]) for one in shown],
        "total": _("%(total)d campaigns") % {"total": shown.paginator.count},
        "prev": f"?page={shown.previous_page_number()}" if shown.has_previous() else "",
        "next": f"?page={shown.next_page_number()}" if shown.has_next() else "",
    }
    return page(request, "leads/campaigns.html", context, part="campaigns")


@marketers
def detail(request, pk):
    """One campaign: its numbers, its costs by month, its newest leads."""
    campaign = get_object_or_404(Campaign, pk=pk)
    leads = Lead.objects.visible_to(request.user).unmerged().filter(campaign=campaign)
    leads = leads.select_related("company", "owner").order_by("-created_at", "-pk")
    months = campaigns.costs_by_month(campaign)
    context = {
        "campaign": campaign,
        "results": campaigns.results([pk])[pk],
        "months": months,
        "cost": sum(amount for _month, amount in months),
        "leads": list(leads[:LEADS]),
    }
    return page(request, "leads/campaign.html", context)
