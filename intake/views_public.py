"""The pages of capture forms that anybody may see: the form, its thanks, the confirmation."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rates
from intake import confirming, submitting
from intake.filling import FilledForm
from intake.models import CaptureForm, Submission
from intake.senders import plain, sender

OFTEN = {"limit": 20, "seconds": 600}  # by one address, at one form


# Nobody is signed in here, so there is nothing that a forged request could misuse.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hosted(request, slug):
    form = get_object_or_404(CaptureForm, slug=slug)
    if not form.is_active:
        return render(request, "intake/hosted_closed.html", {"form": form}, status=410)
    if request.method != "POST":
        return _page(request, FilledForm(form))
    filled, submission = take(request, form)
    if submission is None:
        return _page(request, filled)
    mail = "?mail" if submission.state == Submission.State.WAITING else ""
    return redirect(form.thanks_url or f"{form.get_absolute_url()}thanks/{mail}")


def take(request, form):
    """The FilledForm of a POST and, if all is well, what was submitted."""
    filled = FilledForm(form, request.POST)
    rate = rates.count(f"form-{form.pk}", rates.address(request), **OFTEN)
    if rate.is_over:
        wait = _("Too many came from your network. Please send it again in %(minutes)s min.")
        filled.put_off(rate.reset, wait % {"minutes": rate.reset // 60 + 1})
    if not filled.is_valid():
        return filled, None
    return filled, submitting.submit(filled, sender(request), now=timezone.now())


def shown(request, template, filled, **context):
    """The form, with whatever is wrong so far."""
    context |= {"form": filled.asked, "filled": filled}
    answer = render(request, template, context, status=filled.status)
    if filled.wait:
        answer["Retry-After"] = filled.wait
    return answer


def _page(request, filled):
    form, answer = filled.asked, shown(request, "intake/hosted.html", filled, **_whence(request))
    if not form.thanks_url:
        return answer
    there = urlsplit(form.thanks_url)
    allow = {"form-action": [f"{there.scheme}://{there.netloc}"]}
    return csp_update(allow)(lambda _request: answer)(request)


def _whence(request):
    """What the form carries along, because no session remembers it."""
    if request.method == "POST":
        return {name: plain(request.POST.get(name), 2_000) for name in ("page", "referrer")}
    page = request.build_absolute_uri()
    return {"page": page, "referrer": request.headers.get("Referer", "")}


@login_not_required
@never_cache
@require_safe
def thanks(request, slug):
    form = get_object_or_404(CaptureForm, slug=slug)
    return render(
        request, "intake/hosted_thanks.html", {"form": form, "mail": "mail" in request.GET}
    )


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, slug, token):
    """Only a press of the button confirms: programs that check emails open every link."""
    try:
        submission = confirming.read(token)
    except Submission.DoesNotExist as error:
        raise Http404 from error
    except confirming.Expired:
        form = get_object_or_404(CaptureForm, slug=slug)
        return render(request, "intake/hosted_expired.html", {"form": form}, status=410)
    if request.method == "POST":
        confirming.confirm(submission, now=timezone.now())
        return redirect(request.path)
    return render(
        request, "intake/hosted_confirm.html", {"form": submission.form, "submission": submission}
    )
