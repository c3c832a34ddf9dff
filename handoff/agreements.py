"""The agreement in force: finding it, and the doors by which a version is signed and starts."""

from django.db import connection, transaction

from handoff.models import Agreement, Signature
from leads.refusals import Conflict, Forbidden

_LOCK = 7_201_001  # any number that nothing else in this database uses as an advisory lock


def in_force():
    """The version in force with its scoring model, or None."""
    return Agreement.objects.select_related("scoring_model").filter(status="in_force").first()


def lock_shared():
    """First in the lock order: no other version comes into force while leads move under this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


@transaction.atomic
def sign(agreement, *, by, side, now):
    """Sign for one side; with both signatures the version is in force at once.

    Raises Forbidden when `by` may not sign for that side, Conflict when it is signed already.
    """
    if not by.has_perm(f"handoff.sign_for_{side}"):
        raise Forbidden(f"{by} may not sign for {side}.")
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.status != Agreement.Status.DRAFT:
        raise Conflict(f"{agreement} is {agreement.get_status_display().lower()} already.")
    for signature in agreement.signatures.select_related("user"):
        if signature.side == side:
            raise Conflict(f"{signature.user} has signed for {side} already.")
        if signature.user_id == by.pk:
            raise Conflict("The two sides need two different people.")
    Signature.objects.create(agreement=agreement, side=side, user=by, signed_at=now)
    if agreement.signatures.count() == 2:
        _put_in_force(agreement, now)
    return agreement


def _put_in_force(agreement, now):
    """Publish its scoring model, supersede the version before, mark every open lead as stale."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        Agreement.objects.filter(status="in_force").update(status="superseded", superseded_at=now)
        model = agreement.scoring_model
        if not model.is_published:
            model.published_at = now
            model.save(update_fields=["published_at"])
        agreement.status, agreement.in_force_from = Agreement.Status.IN_FORCE, now
        agreement.save(update_fields=["status", "in_force_from"])
        cursor.execute("INSERT INTO leads_stalelead (lead_id) SELECT id FROM leads_lead")
