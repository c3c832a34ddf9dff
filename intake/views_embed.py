"""A capture form on a customer's page: its script, and the form for the origins it may stand on."""

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from intake.filling import FilledForm
from intake.models import CaptureForm, Submission
from intake.views_public import shown, take


@login_not_required
@cache_control(public=True, max_age=300)
@require_safe
def script(request, slug):
    """The same for all forms: it asks for the form of its own address."""
    get_object_or_404(CaptureForm, slug=slug)
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@cache
def _script():
    return Path(str(finders.find("snippet.js"))).read_bytes()


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def embedded(request, slug):
    """The form as a piece of a page; after a POST its errors (422) or its thanks."""
    form = get_object_or_404(CaptureForm, slug=slug)
    origin = request.headers.get("Origin", "")
    if origin not in [*form.origins, f"{request.scheme}://{request.get_host()}"] and (
        origin or request.method == "POST"
    ):
        return HttpResponse("This website may not use the form.", status=403)
    answer = _answer(request, form)
    if origin:
        answer["Access-Control-Allow-Origin"] = origin
    patch_vary_headers(answer, ["Origin"])
    return answer


def _answer(request, form):
    if not form.is_active:
        return render(request, "intake/_closed.html", status=410)
    filled, submission = (
        take(request, form) if request.method == "POST" else (FilledForm(form), None)
    )
    if submission is None:
        site = f"{request.scheme}://{request.get_host()}"
        return shown(request, "intake/_asked.html", filled, site=site)
    context = {"form": form, "mail": submission.state == Submission.State.WAITING}
    return render(request, "intake/_thanks.html", context)
