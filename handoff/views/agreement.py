"""The agreement as a page to read: the version in force, all versions, and what differs."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.page import page
from handoff import agreement_page, differing, proposing
from handoff.models import Agreement
from leads.refusals import Refusal


@require_GET
def in_force(request):
    """Of several versions the one in force; before there is one, the list of them."""
    agreement = _versions().filter(status="in_force").first()
    return versions(request) if agreement is None else _read(request, agreement)


@require_GET
def version(request, version):
    return _read(request, get_object_or_404(_versions(), version=version))


@require_GET
def versions(request):
    found = _versions().prefetch_related("signatures__user").order_by("-version")
    rows = [(one, ", ".join(str(s.user) for s in one.signatures.all())) for one in found]
    return page(request, "handoff/agreement_versions.html", {"rows": rows})


@require_POST
def comment(request, version):
    """Everybody who reads it may say what they think of it."""
    agreement = get_object_or_404(Agreement, version=version)
    said = request.POST.get("text", "")
    try:
        proposing.comment(agreement, by=request.user, text=said, now=timezone.now())
    except Refusal as refusal:
        return _read(request, _versions().get(pk=agreement.pk), refusal)
    messages.success(request, _("Your comment stands below %s.") % agreement)
    return redirect(f"{request.path.removesuffix('comment/')}#comments")


@require_GET
def compare(request, version, other):
    """What `version` says otherwise than `other`."""
    every = {one.version: one for one in _versions().order_by("-version")}
    if version not in every or other not in every:
        raise Http404
    agreement, before = every[version], every[other]
    context = {
        "agreement": agreement,
        "before": before,
        "difference": differing.difference(before, agreement),
        "others": [one for one in every.values() if one != agreement],
        **agreement_page.effect(agreement),
    }
    return page(request, "handoff/agreement_compare.html", context, part="difference")


def _read(request, agreement, refusal=None):
    context = agreement_page.of_version(agreement, timezone.now()) | {"refusal": refusal}
    return page(request, "handoff/agreement.html", context, status=refusal and refusal.status)


def _versions():
    return Agreement.objects.select_related("scoring_model")
