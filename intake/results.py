"""What the pages of imports show."""

from django.contrib import messages
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from intake import jobs, staying, undoing
from intake.encoding import NAMES
from intake.forms import ReadingForm, UploadForm
from intake.limits import JOBS_ON_PAGE, KEPT, KEPT_ON_PAGE, REJECTED_ON_PAGE
from intake.models import ImportChange, ImportJob
from intake.presets import PRESETS
from intake.reading import DELIMITERS
from leads.models import Attribute

Kind, Subject = ImportJob.Kind, ImportChange.Subject
SUBJECTS = {
    Subject.LEAD: _lazy("Leads"),
    Subject.ATTRIBUTES: _lazy("Attributes of leads who were here before"),
    Subject.IDENTITY: _lazy("IDs of other systems of leads who were here before"),
    Subject.COMPANY: _lazy("Companies"),
    Subject.ACTIVITY: _lazy("Activities"),
    Subject.EVENT: _lazy("Pasts: moves through the stages, with cycle and opportunity"),
    Subject.COST: _lazy("Costs of campaigns"),
    Subject.ATTRIBUTE: _lazy("New kinds of attributes"),
}
WHO = {Kind.COMPANIES: _lazy("Company"), Kind.COSTS: _lazy("Campaign")}
OUTCOMES = {
    "created": _lazy("Will be created"),
    "updated": _lazy("Will be updated"),
    "unchanged": _lazy("Stay as they are"),
    "skipped": _lazy("Will be skipped"),
    "failed": _lazy("Will fail"),
}


def of_list(form):
    newest = ImportJob.objects.select_related("created_by").defer("columns", "mapping")
    return {"form": form, "jobs": newest.order_by("-created_at", "-pk")[:JOBS_ON_PAGE]}


def of_mapping(job, forms, unfit=None, reading=None):
    """Attributes to choose from, the pages, how the file was read, what is wrong."""
    wrong = unfit.columns if unfit else {}
    for form in forms.columns:
        form.wrong = wrong.get(form.column["name"], "")
    codes = Attribute.objects.filter(archived_at=None).order_by("code")
    return {
        "wrong": unfit and (None if wrong else unfit.message),
        "wrong_columns": list(wrong.items())[:5],
        "attributes": codes.values_list("code", flat=True)[:500],
        "previous": forms.number - 1 or None,
        "next": forms.number + 1 if forms.number < forms.pages else None,
        "read_as": _read_as(job),
        "reading": reading or ReadingForm(job),
        "systems": sorted({preset.system for preset in PRESETS.values()}),
    }


def of_job(job, now, form=None):
    """The page of a job that was started; `form`: a corrected file that is not taken."""
    context = {"job": job, "form": form or UploadForm(auto_id="corrected_%s")}
    if job.is_live:
        return context
    turned_away = job.rejected.order_by("line", "pk")[:REJECTED_ON_PAGE]
    told = job.rejected.filter(skipped=True).count() if job.skipped else 0
    return context | {
        "rows": turned_away if job.failed or told else [],
        "told": told,
        "blank": job.skipped - told,
        "is_of_leads": job.kind in (Kind.LEADS, Kind.ACTIVITIES, Kind.HISTORY),
        "mended_by": job.mended_by.exclude(state=ImportJob.State.UPLOADED).order_by("-pk")[:5],
        "may_resume": jobs.may_resume(job, now),
        "may_undo": undoing.may_undo(job, now),
        "undo_until": job.finished_at and job.finished_at + KEPT,
        "kept": staying.shown(job, KEPT_ON_PAGE) if job.kept else [],
    }


def of_roll_back(job):
    """(what, how many of it go, how many become what they were) of what is still to be put back."""
    left = ImportChange.objects.filter(job=job, kept="")
    if job.undone_to is not None:
        left = left.filter(pk__lt=job.undone_to)
    counted = {
        one["subject"]: (one["goes"], one["all"] - one["goes"])
        for one in left.values("subject").annotate(
            all=Count("pk"), goes=Count("pk", filter=Q(before__isnull=True))
        )
    }
    return {
        "changes": [(name, *counted[one]) for one, name in SUBJECTS.items() if one in counted],
        "total": sum(map(sum, counted.values())),
        "until": job.finished_at + KEPT,
    }


def of_trial(job):
    """(outcome, its name, rows, samples) of the dry run, in the order of the totals."""
    trial = job.trial
    return {
        "outcomes": [
            (outcome, name, trial["counts"][outcome], trial["samples"].get(outcome, []))
            for outcome, name in OUTCOMES.items()
        ],
        "who": WHO.get(Kind(job.kind), _("Who")),
    }


def as_message(job):
    """(level, words) for the toast when a job has ended."""
    if job.state == ImportJob.State.UPLOADED:
        if job.error:
            return messages.ERROR, _("The dry run ended: %(why)s") % {"why": job.error}
        return messages.SUCCESS, _("This is what the import would do.")
    if job.state == ImportJob.State.UNDONE:
        words = _("Rolled back: %(undone)s changes.") % {"undone": job.undone}
        if not job.kept:
            return messages.SUCCESS, words
        more = ngettext("%d stays.", "%d stay.", job.kept) % job.kept
        return messages.WARNING, f"{words} {more}"
    if job.state == ImportJob.State.FAILED:
        return messages.ERROR, _("Import failed: %(why)s") % {"why": job.error}
    if job.state == ImportJob.State.CANCELLED:
        return messages.WARNING, _("Import cancelled.")
    words = _("Imported %(name)s: %(created)s created, %(updated)s updated.") % vars(job)
    if job.failed:
        more = ngettext("%d row was rejected.", "%d rows were rejected.", job.failed)
        return messages.WARNING, f"{words} {more % job.failed}"
    return messages.SUCCESS, words


def rejected_table(job):
    """Line and reason, then the cells as they came."""
    yield [_("Line"), _("Reason"), *(column["name"] for column in job.columns)]
    for row in job.rejected.order_by("line", "pk").iterator(chunk_size=1_000):
        yield [row.line, row.reason, *row.values]


def _read_as(job):
    """How the file was read, in words."""
    words = [_("sheet %s") % job.sheet] if job.sheet else [NAMES.get(job.encoding, job.encoding)]
    if job.delimiter:
        words.append(DELIMITERS.get(job.delimiter, job.delimiter))
    if job.preset in PRESETS:
        words.insert(0, PRESETS[job.preset].label)
    if job.header_line > 1:
        words.append(_("names in row %d") % job.header_line)
    if job.footer_lines:
        footer = ngettext(
            "%d row of a footer left out", "%d rows of a footer left out", job.footer_lines
        )
        words.append(footer % job.footer_lines)
    return words
