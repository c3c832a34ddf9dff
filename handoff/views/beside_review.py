"""What a reviewer does beside deciding: mend, snooze, and be seen at work."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from handoff import presence, snoozing
from handoff.mending import Mending
from handoff.views.review import again, carry_out, lead_of, marketers, next_lead
from leads import telling
from leads.refusals import Conflict


@require_POST
@marketers
def mend(request, pk):
    """Fill in what is missing; then the handoff goes on."""
    lead = lead_of(request, pk)
    mending = Mending(lead, request.user, request.POST)
    if not mending.store(timezone.now()):
        return again(request, lead, mending=mending)
    return carry_out(request, lead, "hand_off")


@require_POST
@marketers
def snooze(request, pk):
    """Out of the view until a morning; the next lead opens."""
    lead, now = lead_of(request, pk), timezone.now()
    preset = request.POST.get("until")
    if preset not in snoozing.PRESETS:
        raise Http404
    until = snoozing.until(preset, now)
    try:
        snoozing.snooze(lead, until, by=request.user, now=now)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return next_lead(request, lead, status=refusal.status)
    said = {"lead": lead.title, "at": telling.moment(until)}
    return next_lead(request, lead, told=_("Snoozed: %(lead)s, back on %(at)s.") % said)


@require_POST
@marketers
def looking(request, pk):
    """The person looks at this lead now, and at no other; answers with who looks at which."""
    lead, now = lead_of(request, pk), timezone.now()
    presence.look(request.user, lead.pk, now=now)
    seen = presence.others(request.user, now=now)
    here = next((one.seen_by for one in seen if one.lead_id == lead.pk), None)
    context = {"lead": lead, "seen": seen, "here": here}
    return render(request, "handoff/_looking.html", context)
