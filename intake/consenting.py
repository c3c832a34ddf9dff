"""What a submission allows: entries of the consent ledger, with text and proof."""

from intake import answers
from intake.models import Submission
from leads import consents
from leads.changes import recording
from leads.models import Consent


def waits(kept):
    """Does consent wait for a click in an email?"""
    has_consents = any(target.startswith("consent.") for target in kept.payload)
    return kept.form.double_opt_in and has_consents and bool(kept.payload.get("lead.email"))


def asked(kept, *, now):
    """Who asks to be contacted may be called, whatever else they allow."""
    if kept.form.kind in kept.form.RAISED:
        _record(kept, [_entry(kept, Consent.Purpose.PHONE, basis=Consent.Basis.CONTRACT)], now)


def consented(kept, *, now):
    """What was ticked is given, since it was sent; confirmed, since it was confirmed."""
    texts = answers.consents(kept.payload)
    entries = [_entry(kept, one.purpose, text_version=str(one), text=one.text) for one in texts]
    _record(kept, entries, now)


def confirm(kept, *, now):
    """The person has clicked: what waited is given now."""
    kept.state, kept.confirmed_at = Submission.State.CONFIRMED, now
    if kept.lead.merged_into_id:
        kept.lead = kept.lead.merged_into
    kept.save()
    consented(kept, now=now)


def _entry(kept, purpose, **said):
    return Consent(
        lead=kept.lead,
        purpose=purpose,
        given=True,
        proof=_proof(kept),
        source=kept.form.door,
        happened_at=kept.confirmed_at or kept.received_at,
        **said,
    )


def _record(kept, entries, now):
    if entries:
        with recording(kept.form.door[:80]):
            consents.record(entries, now=now)


def _proof(kept):
    proof = {
        "form": kept.form.slug,
        "submission": kept.pk,
        "address": kept.address,
        "page": kept.page,
        "sent_at": kept.received_at.isoformat(),
    }
    if kept.confirmed_at:
        proof["confirmed_at"] = kept.confirmed_at.isoformat()
    return proof
