"""Double opt-in: a link by email, and a click on its page, since scanners open links only.

An email that the server does not take now is sent later (sweep); why one is never sent stands
beside the submission. Only a process that dies between sending and writing it down sends twice,
and then under the same Message-ID.
"""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from intake import answers, consenting
from intake.models import Submission

log = logging.getLogger(__name__)
VALID = timedelta(days=7)  # a link; and so long it is tried to send it
OFTEN, A_DAY = 5, timedelta(days=1)  # to one person: anybody may type their address
SOME = 200
NONE = "No email:"
_SALT = "intake.confirm"
State = Submission.State


class Expired(Exception):
    """The link was good once."""


def ring(submission_id):
    import_string("intake.tasks.mail_confirmation").delay(submission_id)


@transaction.atomic
def mail(submission_id, *, now):
    """Send the link, once. Raises OSError or ValueError for what may go well later."""
    free = Submission.objects.select_for_update(of=("self",), skip_locked=True)
    waiting = free.select_related("form").filter(state=State.WAITING, mailed_at=None)
    kept = waiting.filter(pk=submission_id).first()
    if kept is None:
        return
    kept.mailed_at = now
    kept.save(update_fields=["mailed_at"])
    if why := _send(kept, now):
        kept.why = f"{kept.why} {NONE} {why}".strip()[:300]
        kept.save(update_fields=["why"])


def sweep(now):
    """Send what could not be sent. While the server is away one try is enough."""
    left = Submission.objects.filter(
        state=State.WAITING, mailed_at=None, received_at__lt=now - timedelta(minutes=1)
    )
    # In any order, so that one on which the server always breaks does not keep back the others.
    for pk in left.order_by("?").values_list("pk", flat=True)[:SOME]:
        try:
            mail(pk, now=now)
        except (SMTPRecipientsRefused, SMTPDataError, ValueError):  # this one alone
            log.exception("the email of submission %s is not taken yet", pk)
        except OSError:
            log.exception("the mail server cannot be used; emails wait for it")
            return


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


def _send(kept, now):
    """Why it will never be sent, in words; "" when it was."""
    address = answers.person(kept.payload).email
    if not address.partition("@")[0].isascii():
        return "its address has letters before the @ that we cannot send to."
    if _is_enough(kept, now):
        return "enough of them went to this address today."
    try:
        _message(kept, address).send()
    except (OSError, ValueError) as error:
        refused = _refused(error)
        if not refused and now < kept.received_at + VALID:
            raise
        return refused or f"it could not be sent for {VALID.days} days."
    return ""


def _is_enough(kept, now):
    others = Submission.objects.filter(lead=kept.lead_id, mailed_at__gt=now - A_DAY)
    return others.exclude(pk=kept.pk).exclude(why__contains=NONE).count() >= OFTEN


def _message(kept, address):
    heading = " ".join(kept.form.heading.split())
    said = {"heading": heading, "link": link(kept), "days": VALID.days}
    return EmailMessage(
        _("Please confirm: %(heading)s") % said,
        render_to_string("intake/confirmation.txt", said),
        to=[address],
        headers={"Message-ID": f"<{kept.token[:32]}@{urlsplit(kept.site).hostname}>"},
    )


def _refused(error):
    """The words of a server that will not take it later either, else ""."""
    if isinstance(error, SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()
    elif isinstance(error, SMTPDataError):
        code, words = error.smtp_code, error.smtp_error
    else:
        return ""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"the mail server says {code} {' '.join(said.split())}" if code >= 500 else ""
