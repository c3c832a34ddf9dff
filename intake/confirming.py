"""Double opt-in: a link by email, and a click on its page, since scanners open links only."""

from datetime import timedelta

from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import rates
from intake import answers, consenting
from intake.models import Submission

VALID = timedelta(days=7)
OFTEN = {"limit": 5, "seconds": 24 * 3600}  # to one address: anybody may type it
_SALT = "intake.confirm"
State = Submission.State


class Expired(Exception):
    """The link was good once."""


def ring(submission_id):
    import_string("intake.tasks.mail_confirmation").delay(submission_id)


@transaction.atomic
def mail(submission_id, *, now):
    """Send the link, once."""
    waiting = Submission.objects.select_for_update(of=("self",)).select_related("form")
    kept = waiting.filter(pk=submission_id, state=State.WAITING, mailed_at=None).first()
    if kept is None:
        return
    kept.mailed_at = now
    if rates.count("confirmation", kept.lead_id, **OFTEN).is_over:
        kept.why = "No email: enough of them went to this address today."
        kept.save(update_fields=["mailed_at", "why"])
        return
    kept.save(update_fields=["mailed_at"])
    heading = " ".join(kept.form.heading.split())
    said = {"heading": heading, "link": link(kept), "days": VALID.days}
    EmailMessage(
        _("Please confirm: %(heading)s") % said,
        render_to_string("intake/confirmation.txt", said),
        to=[answers.person(kept.payload).email],
    ).send()


def link(kept):
    token = signing.dumps(kept.pk, salt=_SALT)
    return kept.site + reverse("hosted:confirm", args=[kept.form.slug, token])


def read(token):
    """The Submission of a link. Raises Expired; Submission.DoesNotExist for what is no link."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=VALID)
    except signing.SignatureExpired as error:
        raise Expired from error
    except signing.BadSignature as error:
        raise Submission.DoesNotExist from error
    return Submission.objects.select_related("form").get(pk=pk)


@transaction.atomic
def confirm(kept, *, now):
    """Give the consent that waits; pressing twice gives it once."""
    rows = Submission.objects.select_for_update(of=("self",))
    fresh = rows.select_related("form", "lead__merged_into").get(pk=kept.pk)
    if fresh.state == State.WAITING:
        consenting.confirm(fresh, now=now)
