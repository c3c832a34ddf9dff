"""A version on its way to the signatures: proposed, talked about, taken back to work on it.

Its words may change until the first signature; what changes while it is proposed is told among the
comments (handoff/admin/drafts.py), so that nobody signs other words than those that were discussed.
"""

from django.db import transaction

from handoff.agreements import gaps
from handoff.models import Agreement, Comment
from leads.refusals import Conflict, Forbidden, Missing

_Status = Agreement.Status


@transaction.atomic
def propose_version(agreement, *, by, now):
    """A draft is ready to be read and signed. Returns it fresh; raises Forbidden when `by` may not
    edit agreements, Conflict when it is no draft, Missing when it has gaps."""
    agreement = _locked(agreement, by, _Status.DRAFT)
    if found := gaps(agreement):
        raise Missing(" ".join(found))
    return _now_is(agreement, _Status.PROPOSED, by, now, "Proposed it.")


@transaction.atomic
def withdraw(agreement, *, by, now):
    """Back to a draft, as long as nobody has signed."""
    agreement = _locked(agreement, by, _Status.PROPOSED)
    return _now_is(agreement, _Status.DRAFT, by, now, "Took it back to work on it.")


def comment(agreement, *, by, text, now):
    """Everybody who reads a version may say something of it, at any time."""
    text = text.strip()
    if not text:
        raise Missing("Say something first.", field="text")
    if len(text) > Comment.LONGEST:
        raise Missing(f"At most {Comment.LONGEST} characters, please.", field="text")
    return Comment.objects.create(agreement=agreement, by=by, text=text, said_at=now)


def _locked(agreement, by, status):
    if not by.has_perm("handoff.change_agreement"):
        raise Forbidden(f"{by} may not edit agreements.")
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.status != status:
        raise Conflict(f"{agreement} is no {_NAMES[status]}.")
    return agreement


def _now_is(agreement, status, by, now, words):
    agreement.status = status
    agreement.save(update_fields=["status"])
    comment(agreement, by=by, text=words, now=now)
    return agreement


_NAMES = {_Status.DRAFT: "draft", _Status.PROPOSED: "proposed version"}
