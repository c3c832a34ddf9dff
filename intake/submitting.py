"""From what a person sent to a lead. It is stored first, so that nothing is lost whatever follows.

Known or new, erased before or not: whoever fills in a form is taken in, by an act of their own.
"""

import logging
from datetime import timedelta
from hashlib import sha256

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from intake import answers, confirming, consenting, visitors
from intake.models import Submission
from intake.suspecting import why_suspected
from leads import activities, campaigns, tombstones
from leads.arriving import arrive
from leads.models import Activity, Touch
from leads.refusals import Conflict

log = logging.getLogger(__name__)
State = Submission.State
PATIENCE = timedelta(days=1)  # then a person decides


def submit(filled, sender, *, now):
    """Keep a valid FilledForm of this Sender, and take it in. Returns the Submission; of what was
    sent twice, the first."""
    payload = filled.payload()
    why = why_suspected(
        payload, trapped=filled.is_trapped, hasty=filled.hasty, user_agent=sender.user_agent
    )
    kept, is_new = Submission.objects.get_or_create(
        token=_token(filled, payload),
        defaults={
            "form": filled.asked,
            "state": State.SUSPECTED if why else State.RECEIVED,
            "why": why[:300],
            "payload": payload,
            "received_at": now,
            **vars(sender),
        },
    )
    return _try(kept, now) if is_new and not why else kept


@transaction.atomic
def take_in(submission, *, now, by=None):
    """Match or create the lead and write down what it did. `by`: who releases what was suspected.

    Returns the Submission as it is then. Raises Conflict when somebody was faster, or a person is
    wanted.
    """
    rows = Submission.objects.select_for_update(of=("self",)).select_related("form")
    kept = rows.get(pk=submission.pk)
    if kept.state not in ([State.RECEIVED, State.SUSPECTED] if by else [State.RECEIVED]):
        raise Conflict("It has been decided already.")
    person = _person(kept)
    arrive(
        [person],
        now=now,
        source=kept.form.door,
        by=by,
        details={"form": kept.form.slug},
        themselves=True,
    )
    kept.decided_by = by
    if person.refusal:
        kept.state, kept.why = State.RECEIVED, person.refusal.message[:300]
    else:
        _write(kept, person.lead, now, by)
    kept.save()
    return kept


@transaction.atomic
def drop(submission, *, by):
    """It was spam: kept, and nothing comes of it. Raises Conflict."""
    kept = Submission.objects.select_for_update().get(pk=submission.pk)
    if kept.state not in (State.RECEIVED, State.SUSPECTED):
        raise Conflict("It has been decided already.")
    kept.state, kept.decided_by = State.DROPPED, by
    kept.save(update_fields=["state", "decided_by"])


def sweep(now):
    """Take in what a killed process or a fault left behind, and mail what was not mailed."""
    left = Submission.objects.filter(
        received_at__range=(now - PATIENCE, now - timedelta(minutes=1))
    )
    for submission in left.filter(state=State.RECEIVED, why="").order_by("pk")[:1_000]:
        _try(submission, now)
    confirming.sweep(now)


def _try(kept, now):
    try:
        return take_in(kept, now=now)
    except Conflict:
        return Submission.objects.get(pk=kept.pk)
    except Exception:
        log.exception("submission %s is not taken in yet", kept.pk)
        return kept


def _token(filled, payload):
    said = DjangoJSONEncoder(sort_keys=True).encode([filled.stamp.nonce, filled.asked.pk, payload])
    return sha256(said.encode()).hexdigest()


def _person(kept):
    person, form = answers.person(kept.payload), kept.form
    person.at_birth = {
        "source": kept.utm.get("source") or form.source,
        "campaign_id": _campaign_id(kept),
        "interest": form.interest,
    }
    if tombstones.erased(tombstones.keys_of(person.email, person.phone)):
        kept.why = "Had asked to be erased, and came back by this form."
    return person


def _write(kept, lead, now, by):
    """What the lead did, where it came from, what it allowed."""
    kept.lead, kept.state = lead, State.TAKEN_IN
    activities.record([_activity(kept, now, by)])
    Touch.objects.create(
        lead=lead,
        campaign_id=_campaign_id(kept),
        source=kept.utm.get("source") or kept.form.source,
        medium=kept.utm.get("medium", ""),
        term=kept.utm.get("term", ""),
        content=kept.utm.get("content", ""),
        landing_page=kept.page,
        referrer=kept.referrer,
        happened_at=kept.received_at,
        recorded_at=now,
    )
    consenting.asked(kept, now=now)
    if consenting.waits(kept):
        kept.state = State.WAITING
        transaction.on_commit(lambda: confirming.ring(kept.pk), robust=True)
    else:
        consenting.consented(kept, now=now)
    _join_visitor(kept, now)


def _activity(kept, now, by):
    done = Activity(
        lead=kept.lead,
        kind=kept.form.kind,
        happened_at=kept.received_at,
        recorded_at=now,
        subject=kept.form.name,
        body=kept.payload.get("message", ""),
        properties={
            "form": kept.form.slug,
            "submission": kept.pk,
            "page": kept.page,
            "user_agent": kept.user_agent,
        },
        source=kept.form.door,
        external_id=str(kept.pk),
    )
    if by:  # who releases it says that a person sent it
        done.classified_by, done.evidence = Activity.ClassifiedBy.PERSON, {"by": by.display_name}
    return done


def _campaign_id(kept):
    """Of the link that led here, else of the form."""
    found = campaigns.campaign_for(on=kept.received_at.date(), **kept.utm)
    return found.pk if found else kept.form.campaign_id


def _join_visitor(kept, now):
    """What the same browser looked at before becomes the lead's."""
    if kept.visitor:
        proof = {"by": kept.form.door, "submission": kept.pk}
        visitors.identify(kept.visitor, kept.lead, now=now, proof=proof)
