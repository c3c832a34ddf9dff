"""What came of an import, or would come of it: the dry run, going on, correcting, rolling back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import page
from intake import jobs, mending, results, undoing
from intake.forms import UploadForm
from intake.models import ImportJob
from intake.refusals import Unreadable
from intake.views import may_import
from leads.refusals import Refusal


@may_import
def tried(request, pk):
    """What the dry run found; POST starts the import."""
    job = get_object_or_404(ImportJob, pk=pk)
    if job.state != ImportJob.State.UPLOADED or not job.trial:
        return redirect(job)
    if request.method == "POST":
        return _told(request, lambda: jobs.start(job, job.mapping), job)
    return page(request, "intake/trial.html", {"job": job, **results.of_trial(job)})


@require_POST
@may_import
def resume(request, pk):
    job = get_object_or_404(ImportJob, pk=pk)
    return _told(request, lambda: jobs.resume(job, now=timezone.now()), job)


@may_import
def roll_back(request, pk):
    """What it would put back, in numbers; POST begins."""
    job = get_object_or_404(ImportJob, pk=pk)
    if request.method == "POST" or not undoing.may_undo(job, timezone.now()):
        return _told(request, lambda: undoing.start(job, by=request.user, now=timezone.now()), job)
    return page(request, "intake/roll_back.html", {"job": job, **results.of_roll_back(job)})


@require_POST
@may_import
def mend(request, pk):
    """The corrected rows of a finished import."""
    job = get_object_or_404(ImportJob.objects.select_related("created_by", "undone_by"), pk=pk)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            new = mending.mend(job, form.cleaned_data["file"], by=request.user, now=timezone.now())
        except Unreadable as refusal:
            form.add_error("file", refusal.message)
        else:
            messages.success(request, _("Mapped as before. Look it over and start the import."))
            return redirect("intake:map", new.pk)
    context = results.of_job(job, timezone.now(), form)
    return page(request, "intake/detail.html", context, status=422)


def _told(request, do, job):
    """Do it, or say why not; then where the job stands."""
    try:
        do()
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    job.refresh_from_db()
    return redirect(job)
