"""Whose activities are: a person's word on one of them, and what is left out over all leads."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import page
from leads import activities
from leads.models import Activity, Lead
from leads.refusals import Conflict
from leads.timeline import activity_moment


@require_POST
@permission_required("leads.market_lead", raise_exception=True)
def reclassify(request, pk, activity):
    """The line of the timeline as it is then, also for who came too late and is told so."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    theirs = lead.activities.filter(by=None).exclude(kind=Activity.Kind.NOTE)
    row = get_object_or_404(theirs, pk=activity)
    actor_class = request.POST.get("to")
    if actor_class not in (activities.HUMAN, activities.BOT):
        raise BadRequest(_("A person or not: nothing else can be said."))
    status = None
    try:
        activities.reclassify(row, actor_class, by=request.user)
    except Conflict as late:
        if not request.htmx:
            context = {"message": late.message, "back": lead.get_absolute_url()}
            return render(request, "409.html", context, status=late.status)
        messages.error(request, late.message)
        status = late.status
    return _line(request, lead, row, status) if request.htmx else redirect(lead)


@permission_required("leads.market_lead", raise_exception=True)
def shares(request):
    """What is left out by kind; the page of scoring loads it as a card."""
    found = activities.shares(timezone.now())
    context = {"shares": found, "days": activities.SHARE_DAYS}
    return page(request, "leads/classes.html", context, part="card")


def _line(request, lead, row, status):
    row = Activity.objects.get(pk=row.pk)
    lead = Lead.objects.annotate(classes=activities.classes_of_lead()).get(pk=lead.pk)
    context = {
        "lead": lead,
        "moment": activity_moment(row),
        "left_out": activities.left_out(lead),
        "out_of_band": True,
    }
    return page(request, "leads/detail.html", context, part="told", status=status)
