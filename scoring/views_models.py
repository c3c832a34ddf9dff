"""Versions of the model: rules in words, what they found, and how versions differ."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.page import page
from scoring import calibrated, differing, exporting, firing, telling, versions
from scoring.forms import ModelFileForm
from scoring.frame import frame, may_define, may_read
from scoring.models import ScoringModel


@may_read
def models(request, version=None):
    """One version with its rules; without a number the one in force."""
    context = frame("rules", version)
    if model := context["model"]:
        rulebook = versions.rulebook(model)
        context |= {"rows": telling.rules(rulebook), "bands": telling.bands(model)}
        context |= _found(rulebook, context["rows"], None if request.htmx else request.user)
    return page(request, "scoring/models.html", context, part="rules")


@require_POST
@may_define
def duplicate(request, version):
    draft = versions.duplicate(_model(version))
    messages.success(request, _("%(draft)s is a draft with the same rules.") % {"draft": draft})
    return redirect("scoring:model", draft.version)


@may_read
def against(request, version, other):
    """What `version` says otherwise than `other`."""
    context = frame("against", version)
    found = {model.version: model for model in context["models"]}
    if other not in found or other == version:
        raise Http404
    books = versions.several([found[other], found[version]])
    difference = differing.difference(books[other], books[version])
    context |= {"other": found[other], "difference": difference}
    return page(request, "scoring/against.html", context, part="difference")


@require_safe
@may_read
def export(request, version):
    model = _model(version)
    answer = JsonResponse(exporting.as_json(versions.rulebook(model)), json_dumps_params=_READABLE)
    name = f"{slugify(model.name) or 'model'}-v{model.version}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@may_define
def import_model(request):
    form = ModelFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        draft = form.save()
        messages.success(request, _("Imported as a draft: %(draft)s.") % {"draft": draft})
        return redirect("scoring:model", draft.version)
    status = 422 if form.errors else None
    return page(request, "scoring/import.html", {"form": form}, status=status)


def _model(version):
    return get_object_or_404(ScoringModel, version=version)


def _found(rulebook, rows, asker):
    """How many leads each rule found, and what outcomes say of it. Counted anew each hour for who
    opens the page; nobody (None) asks when it only looks whether the count is done."""
    now, version = timezone.now(), rulebook.model.version
    done, live = firing.latest(version)
    if asker and live is None and firing.wanting(rulebook, done, now):
        live = firing.ask(version, by=asker, now=now)
    report, _latest = calibrated.newest(version)
    for row in rows:
        row["fired"] = done.result["leads"].get(firing.key(row["rule"])) if done else None
        row["evidence"] = calibrated.about(report, row["rule"])
    return {"counted": done, "counting": live, "report": report}


_READABLE = {"indent": 2, "ensure_ascii": False}
