"""Pages of imports."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.page import page
from intake import jobs, results
from intake.columns import MappingForms
from intake.forms import ReadingForm, UploadForm
from intake.models import ImportJob
from intake.refusals import Unfit, Unreadable
from leads.refusals import Conflict
from leads.spreadsheets import csv_lines

may_see = permission_required("intake.view_importjob", raise_exception=True)
may_import = permission_required("intake.add_importjob", raise_exception=True)


@may_see
def index(request):
    if request.method == "POST":
        return upload(request)
    return page(request, "intake/list.html", results.of_list(UploadForm()))


@may_import
def upload(request):
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = jobs.upload(file, name=file.name, by=request.user, now=timezone.now())
        except Unreadable as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("intake:map", job.pk)
    return page(request, "intake/list.html", results.of_list(form), status=422)


@may_import
def choose(request, pk):
    job = get_object_or_404(ImportJob, pk=pk)
    if job.state != ImportJob.State.UPLOADED:
        return redirect("intake:detail", pk)
    forms = MappingForms(job, _page_number(request.GET.get("page")), request.POST or None)
    if request.method == "POST" and forms.is_valid():
        try:
            return _go_on(request, job, forms)
        except Unfit as unfit:
            return _mapping_page(request, job, forms.at(unfit.columns), unfit)
    return _mapping_page(request, job, forms)


def _go_on(request, job, forms):
    """Keep what was chosen; then the next page, or the start, of a dry run first when asked."""
    forms.keep()
    go = request.POST.get("go")
    if number := _page_number(go):
        return redirect(f"{request.path}?page={number}")
    try:
        jobs.start(job, job.mapping, **({"trial": True} if go == "try" else {}))
    except Conflict as refusal:
        messages.warning(request, refusal.message)
    return redirect("intake:detail", job.pk)


def _mapping_page(request, job, forms, unfit=None, reading=None):
    status = 422 if request.method == "POST" else 200
    context = {"job": job, "forms": forms, **results.of_mapping(job, forms, unfit, reading)}
    return page(request, "intake/map.html", context, status=status)


def _page_number(text):
    return int(text) if re.fullmatch("[0-9]{1,4}", text or "") else 0


@require_POST
@may_import
def read_again(request, pk):
    job = get_object_or_404(ImportJob, pk=pk, state=ImportJob.State.UPLOADED)
    form = ReadingForm(job, request.POST)
    if form.is_valid():
        try:
            jobs.survey_again(job, **form.how())
            return redirect("intake:map", pk)
        except Unreadable as refusal:
            form.add_error(None, refusal.message)
            job.refresh_from_db()
    return _mapping_page(request, job, MappingForms(job, 1), reading=form)


@may_see
def detail(request, pk):
    job = get_object_or_404(ImportJob.objects.select_related("created_by", "undone_by"), pk=pk)
    if request.htmx and not job.is_live:
        messages.add_message(request, *results.as_message(job))
        return HttpResponseClientRefresh()
    if job.state == ImportJob.State.UPLOADED:
        return redirect("intake:try" if job.trial else "intake:map", pk)
    return page(request, "intake/detail.html", results.of_job(job, timezone.now()), part="progress")


@require_POST
@may_import
def cancel(request, pk):
    job = get_object_or_404(ImportJob, pk=pk)
    if jobs.cancel(job, now=timezone.now()):
        messages.success(request, _("Cancelled. What was imported before stays."))
    else:
        messages.warning(request, _("This import has ended already."))
    return redirect("intake:detail", pk)


@require_safe
@may_see
def rejected(request, pk):
    """The rejected rows in their own columns, to be mended and imported again."""
    job = get_object_or_404(ImportJob, pk=pk)
    lines = csv_lines(results.rejected_table(job))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = slugify(job.name.rsplit(".", 1)[0]) or "import"
    answer["Content-Disposition"] = f'attachment; filename="rejected-{name}.csv"'
    return answer
