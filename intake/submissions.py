"""What the pages of forms show: forms with their counts, what came in by one of them."""

from django.db.models import Count, Max, Q

from intake.models import CaptureForm, Submission

State = Submission.State
SOME = 50
SHOWS = {"all": Q(), "look": Q(state__in=[State.RECEIVED, State.SUSPECTED])}


def forms():
    """All forms with `total`, `look` (what a person should look at), `waiting`, `last_at`."""
    return CaptureForm.objects.select_related("campaign").annotate(
        total=Count("submissions"),
        look=Count(
            "submissions", filter=Q(submissions__state__in=[State.RECEIVED, State.SUSPECTED])
        ),
        waiting=Count("submissions", filter=Q(submissions__state=State.WAITING)),
        last_at=Max("submissions__received_at"),
    )


def some(form, *, shows="all", before=None):
    """(some submissions, the newest first; the `before` of the next ones or None)"""
    rows = form.submissions.filter(SHOWS.get(shows, Q())).select_related("lead", "decided_by")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: SOME + 1])
    return found[:SOME], found[SOME - 1].pk if len(found) > SOME else None
