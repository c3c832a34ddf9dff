"""Pages of privacy, for managers: find a person, export, erase; what is kept for how long."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.page import page
from leads import dossier, erasing, privacy_page
from leads.models import Lead
from leads.noting import note_event
from leads.privacy_form import AddressForm, EraseForm
from leads.refusals import Conflict

may_manage = permission_required("leads.manage_lead", raise_exception=True)
may_erase = permission_required("leads.erase_lead", raise_exception=True)


@require_safe
@may_manage
def index(request):
    """The search and its answer, the rules of retention, the last runs."""
    wanted = request.GET.get("q", "").strip()[:254]
    counts = "counts" in request.GET
    context = privacy_page.about(request.user, wanted, counts=counts, now=timezone.now())
    return page(request, "leads/privacy.html", context)


@may_manage
def person(request, pk):
    """One person: export, and erase for who types the word."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    may = request.user.has_perm("leads.erase_lead")
    form = EraseForm(request.POST or None)
    if request.method == "POST" and not may:
        raise PermissionDenied
    if form.is_valid() and _erased(form, lead, request.user):
        messages.success(request, _("Erased for ever. An import or a form cannot bring them back."))
        return redirect("privacy:person", pk)
    merged = len(erasing.persons([pk])) - 1
    context = {"lead": lead, "form": form, "merged": merged, "may_erase": may}
    return page(request, "leads/person.html", context, status=422 if form.is_bound else None)


@require_POST
@may_manage
def export(request, pk):
    """Everything about the person as a file; the timeline says who asked for it."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    content = dossier.packed(dossier.collect(lead, now=now))
    note_event(lead, "exported", by=request.user, now=now)
    name = f"person-{lead.pk}-{now:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_POST
@may_erase
def address(request):
    """Forget an address of which there is no lead, and take it in no more."""
    form = AddressForm(request.POST)
    if form.is_valid() and _address_erased(form):
        messages.success(request, _("Remembered as erased: it is not taken in any more."))
        return redirect("privacy:page")
    wanted = request.POST.get("address", "")[:254]
    context = privacy_page.about(request.user, wanted, now=timezone.now(), form=form)
    return page(request, "leads/privacy.html", context, status=422)


def _erased(form, lead, user):
    return _done(form, lambda: erasing.erase([lead.pk], by=user, now=timezone.now()))


def _address_erased(form):
    return _done(form, lambda: erasing.erase_address(**form.key, now=timezone.now()))


def _done(form, erase):
    """Whether it was; else the form says why not."""
    try:
        erase()
    except Conflict as refusal:
        form.add_error("confirm", refusal.message)
        return False
    return True
