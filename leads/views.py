"""The page of one lead: the whole story, its facts, notes and calls."""

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.page import page
from leads import actions, activities, consent_words, consents
from leads.duplicates import pairs, unmerging
from leads.forms import LeadForm, LogForm
from leads.journey import journey
from leads.models import Attribute, Lead
from leads.panels import panel
from leads.querysets import CountOf
from leads.timeline import SHOWS, timeline

TEMPLATE = "leads/detail.html"
BUTTONS = 3  # the others stand in a menu
MANY = 10_000
PARTS = {"timeline": "timeline", "older": "moments"}


def detail(request, pk):
    """The whole page; for htmx the region of the lead, its timeline, or the older part of that."""
    lead = seen(request, pk)
    part = PARTS.get(request.htmx.target or "", "lead")
    if part == "lead" or request.htmx.history_restore_request:
        return page(request, TEMPLATE, about(request, lead), part="lead")
    return page(request, TEMPLATE, _told(request, lead), part=part)


def edit(request, pk):
    """Contact facts, and back to where a refusal sent the person from."""
    lead = seen(request, pk)
    if not actions.may_edit(lead, request.user):
        raise PermissionDenied
    context = {"lead": lead, "name": lead.title, "back": _back(request)}
    context["systems"] = lead.external_ids.order_by("system", "value")
    data = request.POST if request.method == "POST" else None
    form = LeadForm(data, instance=lead, user=request.user)
    if data is not None and form.is_valid() and form.store():
        return redirect(_back(request) or lead)
    status = 422 if form.errors else None
    return page(request, "leads/edit.html", context | {"form": form}, status=status)


@require_POST
def log(request, pk):
    """A note or a call joins the timeline."""
    lead = seen(request, pk)
    if lead.erased_at:
        raise PermissionDenied
    if lead.merged_into_id:  # it says so itself, and where to write
        return page(request, TEMPLATE, about(request, lead), part="timeline", status=409)
    form = LogForm(request.POST)
    if form.is_valid():
        form.store(lead, by=request.user, now=timezone.now())
        if not request.htmx:
            return redirect(lead)
        return page(request, TEMPLATE, _told(request, lead), part="timeline")
    context = _told(request, lead, form) if request.htmx else about(request, lead, form)
    return page(request, TEMPLATE, context, part="timeline", status=422)


def seen(request, pk):
    """The lead with what its page shows of it, if this person may see it."""
    leads = Lead.objects.visible_to(request.user).select_related(
        "company", "owner", "team", "campaign", "referred_by", "attributes"
    )
    others = Lead.objects.visible_to(request.user).unmerged().filter(referred_by=OuterRef("pk"))
    leads = leads.annotate(
        known=ArraySubquery(_KNOWN),
        referred=CountOf(others, MANY),
        classes=activities.classes_of_lead(),
        allows=consents.standing_of_lead(),
        **pairs.beside(),
    )
    return get_object_or_404(leads, pk=pk)


def about(request, lead, log_form=None):
    """All that the page of a lead shows."""
    now = timezone.now()
    cycles = list(lead.cycles.order_by("number"))
    buttons = actions.available(lead, request.user)
    return _told(request, lead, log_form) | {
        "facts": [one for one in (lead.job_title, lead.company, lead.city) if one],
        "cycle": cycles[-1] if cycles else None,
        "steps": journey(lead, cycles, now),
        "buttons": buttons[:BUTTONS],
        "more": buttons[BUTTONS:],
        "may_edit": actions.may_edit(lead, request.user),
        "attributes": _attributes(lead),
        "consents": consent_words.standings(lead.allows),
        "may_manage": request.user.is_manager,
        **unmerging.offered(lead, request.user, now),
        "panels": [panel(request, name, lead) for name in ("scoring:panel", "handoff:panel")],
    }


def _told(request, lead, log_form=None):
    shows = request.GET.get("shows", "all")
    shows = shows if shows in SHOWS else "all"
    told = timeline(lead.pk, shows=shows, older=request.GET.get("older", ""))
    return {"lead": lead, "timeline": told, "shows": SHOWS, "log_form": log_form or LogForm()}


def _attributes(lead):
    """(label, value) of each custom attribute that the lead has."""
    values = lead.attributes.values if hasattr(lead, "attributes") else {}
    return [(one["label"], values[one["code"]]) for one in lead.known if one["code"] in values]


def _back(request):
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if is_ours and url.startswith("/") else ""  # any other text is no address


_KNOWN = (
    Attribute.objects.filter(archived_at=None)
    .order_by("label")
    .values(one=JSONObject(code="code", label="label"))
)
