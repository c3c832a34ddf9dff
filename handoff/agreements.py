"""The agreement in force: finding it, and the doors by which a version is signed and starts."""

from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from handoff.models import (
    Agreement,
    Commitment,
    MatrixCell,
    QualifyingPath,
    Question,
    Reason,
    ReasonDetail,
    RequiredField,
    Signature,
    Veto,
)
from handoff.models.agreement import EDITABLE
from leads.refusals import Conflict, Forbidden, Missing
from scoring import versions

_LOCK = 7_201_001  # any number that nothing else in this database uses as an advisory lock
_SIDES = ["marketing", "sales"]
_STANDINGS = dict.fromkeys(("draft", "proposed", "signed", "agreed"), "proposed") | {
    name: name for name in ("in_force", "superseded")
}
_NEED_REASONS = ["reject", "recycle", "disqualify", "lose", "reopen"]


def in_force():
    """The version in force with its scoring model, or None."""
    found = Agreement.objects.select_related("scoring_model", "calendar")
    return found.filter(status="in_force").first()


def standings():
    """{version of a scoring model: (its standing, the agreement)}, by the agreements that pin it:
    scoring asks for it by settings.MODEL_STANDINGS."""
    pins = Agreement.objects.order_by("version").values_list(
        "scoring_model__version", "status", "version"
    )
    told: dict[int, tuple] = {}
    for model, status, version in pins:
        if told.get(model, ("",))[0] != Agreement.Status.IN_FORCE:
            told[model] = (_STANDINGS[status], f"Agreement v{version}")
    return told


def in_force_at(moment):
    """The version that was in force then, or None."""
    begun = Agreement.objects.select_related("scoring_model").filter(in_force_from__lte=moment)
    return begun.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment)).first()


def lock_shared():
    """First in the lock order: no other version comes into force while leads move under this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def gaps(agreement):
    """Sentences that say what this draft still lacks before anybody may sign it."""
    found = []
    offered = {name for reason in agreement.reasons.all() for name in reason.offered_at}
    if silent := [name for name in _NEED_REASONS if name not in offered]:
        found.append(f"No reason is offered at: {', '.join(silent)}.")
    if not agreement.scoring_model.rules.exists():
        found.append(f"{agreement.scoring_model} has no rules.")
    if not agreement.matrix.exists() and not agreement.paths.exists():
        found.append("No lead can qualify: there is neither a matrix nor a path.")
    return found


@transaction.atomic
def sign(agreement, *, by, side, now):
    """Sign for one side ("marketing" or "sales"). Returns the fresh agreement.

    The first signature fixes the version and publishes its scoring model; with the second it is
    in force, or agreed until its day has come. Raises Forbidden when `by` may not sign for that
    side, Conflict when it is signed or outdated already, Missing when the draft has gaps.
    """
    if side not in _SIDES or not by.has_perm(f"handoff.sign_for_{side}"):
        raise Forbidden(f"{by} may not sign for {side}.")
    _lock()
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    _check(agreement, by, side)
    Signature.objects.create(agreement=agreement, side=side, user=by, signed_at=now)
    if agreement.is_draft:
        _fix(agreement, now)
    elif _has_come(agreement, now):
        _put_in_force(agreement, now)
    else:
        agreement.status = Agreement.Status.AGREED
        agreement.save(update_fields=["status"])
    return agreement


@transaction.atomic
def begin_due(now=None):
    """Put in force the version that both signed and whose day has come; None: there is none. Of
    several the newest, for it replaces the others, too."""
    now = now or timezone.now()
    due = Agreement.objects.filter(status="agreed", starts_on__lte=timezone.localdate(now))
    if not due.exists():  # as on nearly every minute: nobody has to wait for the lock
        return None
    _lock()
    newest = due.select_for_update().order_by("-version").first()
    if newest:
        _put_in_force(newest, now)
    return newest


@transaction.atomic
def duplicate(agreement, scoring_model=None):
    """The same words as the next version, a draft, with this scoring model; by default with a
    draft of the same one."""
    same = {name: getattr(agreement, name) for name in _COPIED}
    model = scoring_model or versions.duplicate(agreement.scoring_model)
    draft = Agreement.objects.create(**same, version=next_version(), scoring_model=model)
    for part in _PARTS:
        _copy(part.objects.filter(agreement=agreement), agreement=draft)
    reasons = {reason.code: reason for reason in draft.reasons.all()}
    details = ReasonDetail.objects.filter(agreement=agreement).select_related("reason")
    for code, theirs in groupby(details.order_by("reason", "order", "pk"), _code_of_reason):
        _copy(theirs, agreement=draft, reason=reasons[code])
    return draft


@transaction.atomic
def propose(model):
    """A draft with the words in force that pins this draft of a scoring model. Raises Conflict when
    there is one already or the model is no draft, Missing when no agreement is in force."""
    _lock()
    current = in_force()
    if current is None:
        raise Missing("No agreement is in force. Write one in the admin, and pin this model there.")
    if model.is_published:
        raise Conflict(f"{model} is published already. Duplicate it first.")
    found = Agreement.objects.filter(scoring_model=model, status__in=EDITABLE).first()
    if found:
        raise Conflict(f"{found} is a draft that pins {model} already.", url=_admin(found))
    return duplicate(current, model)


def next_version():
    """The number of a version that this transaction is going to save."""
    _lock()
    return (Agreement.objects.aggregate(latest=Max("version"))["latest"] or 0) + 1


def _admin(agreement):
    return reverse("admin:handoff_agreement_change", args=[agreement.pk])


def _lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _check(agreement, by, side):
    if agreement.status in (Agreement.Status.IN_FORCE, Agreement.Status.SUPERSEDED):
        raise Conflict(f"{agreement} is {agreement.get_status_display().lower()} already.")
    current = in_force()
    if current and current.version > agreement.version:
        raise Conflict(f"{current} is newer and in force. Duplicate {agreement} as next version.")
    for signature in agreement.signatures.select_related("user"):
        if signature.side == side:
            raise Conflict(f"{signature.user} has signed for {side} already.")
        if signature.user_id == by.pk:
            raise Conflict("The two sides need two different people.")
    if found := gaps(agreement):
        raise Missing(" ".join(found))


def _fix(agreement, now):
    """Who signs second signs the very words, and the very points, that the first one read."""
    model = agreement.scoring_model
    if not model.is_published:
        model.published_at = now
        model.save(update_fields=["published_at"])
    agreement.status = Agreement.Status.SIGNED
    agreement.save(update_fields=["status"])


def _has_come(agreement, now):
    return agreement.starts_on is None or agreement.starts_on <= timezone.localdate(now)


def _put_in_force(agreement, now):
    """Supersede the version before, with older ones that wait for their day, and mark every lead
    as stale."""
    older = Agreement.objects.filter(status__in=["in_force", "agreed"])
    older.filter(version__lt=agreement.version).update(status="superseded", superseded_at=now)
    agreement.status, agreement.in_force_from = Agreement.Status.IN_FORCE, now
    agreement.save(update_fields=["status", "in_force_from"])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO leads_stalelead (lead_id) SELECT id FROM leads_lead")


def _copy(rows, **parents):
    copies = list(rows)
    for row in copies:
        row.pk, row._state.adding = None, True
        for name, parent in parents.items():
            setattr(row, name, parent)
    if copies:
        type(copies[0]).objects.bulk_create(copies)


def _code_of_reason(detail):
    return detail.reason.code


_PARTS: list[Any] = [
    MatrixCell,
    QualifyingPath,
    Veto,
    RequiredField,
    Reason,
    Commitment,
    Question,
]
_OWN = {
    "id", "version", "scoring_model", "starts_on", "status", "in_force_from", "superseded_at",
}  # fmt: skip
_COPIED = [field.name for field in Agreement._meta.concrete_fields if field.name not in _OWN]
