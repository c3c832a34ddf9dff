"""The manager's team view: who has which offer, and who should have it instead."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.page import number, page
from handoff import team_view

TEMPLATE = "handoff/team.html"
managers = permission_required("leads.manage_lead", raise_exception=True)


@managers
def team(request):
    """GET: the offers; for htmx their region, or the next rows. POST: reassign some of them."""
    said = request.POST if request.method == "POST" else request.GET
    team_id = number(said.get("team", ""))
    now = timezone.now()
    status = None
    if request.method == "POST":
        status = _reassigned(request, team_id, now)
        if not request.htmx:
            return redirect(f"{request.path}?team={team_id or ''}")
    found = team_view.team_view(request.user, team_id, now=now, after=said.get("after", ""))
    context = {"found": found, "team_id": team_id}
    part = "rows" if request.htmx.target == "more" else "team"
    return page(request, TEMPLATE, context, part=part, status=status)


def _reassigned(request, team_id, now):
    """Say who moved and who did not; the status of the answer."""
    ids = {number(one) for one in request.POST.getlist("one") or request.POST.getlist("ids")}
    reps = {str(rep.pk): rep for rep in team_view.reps(now)}
    to = request.POST.get("to", "")
    if not (ids := ids - {None}) or (to and to not in reps):
        messages.error(request, _("Choose offers, and a person who works in sales."))
        return 422
    outcome = team_view.pass_on(ids, by=request.user, now=now, to_user=reps.get(to))
    if outcome.moved:
        messages.success(request, _told(outcome.moved))
    for refusal in [*outcome.refused.values()][:3]:
        messages.error(request, refusal.message)
    return None if outcome.moved else next(iter(outcome.refused.values())).status


def _told(moved):
    """Who has them now: a person, who need not be a rep, or a team together."""
    some = moved[:3]
    prefetch_related_objects(some, "owner", "team")
    leads = [f"{lead} ({lead.owner or lead.team})" for lead in some]
    words = {"n": len(moved), "leads": ", ".join(leads)}
    pattern = ngettext(
        "Reassigned %(n)d offer: %(leads)s.", "Reassigned %(n)d offers: %(leads)s …", len(moved)
    )
    return pattern % words
