"""What a submission allows: entries of the consent ledger, with text and proof."""

from intake import answers
from intake.models import Submission
from leads import deliver
from leads.models import Consent, Lead


def waits(kept):
    """Does consent wait for a click in an email?"""
    has_consents = any(target.startswith("consent.") for target in kept.payload)
    return kept.form.double_opt_in and has_consents and bool(kept.payload.get("lead.email"))


def basis(kept):
    """On what the person may be contacted: Lead.consent_basis, "" for nothing."""
    texts = [] if waits(kept) else answers.consents(kept.payload)
    if texts:
        return f"{kept.form.door}, {', '.join(map(str, texts))}"[:120]
    return f"{kept.form.door}, asked" if kept.form.kind in kept.form.RAISED else ""


def record(kept, *, now):
    """Write what was consented to. `now`: when it became known; confirmed, also since when."""
    Consent.objects.bulk_create(
        Consent(
            lead=kept.lead,
            purpose=one.purpose,
            given=True,
            text_version=str(one),
            text=one.text,
            proof=_proof(kept),
            source=kept.form.door,
            happened_at=kept.confirmed_at or kept.received_at,
            recorded_at=now,
        )
        for one in answers.consents(kept.payload)
    )


def confirm(kept, *, now):
    """The person has clicked: what waited is given now."""
    kept.state, kept.confirmed_at = Submission.State.CONFIRMED, now
    if kept.lead.merged_into_id:
        kept.lead = kept.lead.merged_into
    kept.save()
    record(kept, now=now)
    words = ", ".join(map(str, answers.consents(kept.payload)))
    silent = Lead.objects.filter(pk=kept.lead_id, consent_basis="")
    if silent.update(consent_basis=f"{kept.form.door}, {words}"[:120]):
        deliver.follow("changed", [kept.lead_id])
        deliver.announce("changed")


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
