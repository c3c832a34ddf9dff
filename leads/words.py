"""Sentences about what happened to a lead, the same on page, toast and refusal."""

from django.utils import timezone

from leads.lifecycle import Stage


def conflict_words(leads, now):
    """{lead id: "Tomáš Novák accepted this lead 2 s ago; it is SAL now."} for leads moved on."""
    from leads.undo import latest_standing

    words = _merged_words([lead for lead in leads if lead.merged_into_id])
    leads = [lead for lead in leads if not lead.merged_into_id]
    events = latest_standing([lead.pk for lead in leads]) if leads else {}
    for lead in leads:
        event = events.get(lead.pk)
        happened = who_did(event, now) if event else ""
        words[lead.pk] = f"{happened} It is {lead.get_stage_display()} now.".strip()
    return words


def _merged_words(leads):
    """The other lead is named by the page of this one, to who may see it."""
    words = "This lead was merged into another one; nothing moves it now."
    return {lead.pk: words for lead in leads}


def who_did(event, now):
    """ "Tomáš Novák accepted this lead 2 s ago." """
    actor = event.actor.display_name if event.actor else "The system"
    return f"{actor} {VERBS.get(event.name, event.name)} {ago(now - event.happened_at)}."


def deed(event, what):
    """ "accepted Anke Brandt", of an event of hers."""
    return VERBS.get(event.name, event.name).replace("this lead", what)


def ago(delta):
    """A short age: just now, 2 s ago, 5 min ago, 3 h ago, 4 d ago."""
    return f"{span(delta)} ago" if delta.total_seconds() >= 1 else "just now"


def span(delta):
    """How long, in one unit: 2 s, 5 min, 3 h, 4 d."""
    seconds = max(int(delta.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def today(now=None):
    """Midnight of the reader's day, as an aware moment."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


VERBS = {
    "qualify": "qualified this lead",
    "demote": "demoted this lead",
    "hand_off": "handed this lead off",
    "recall": "recalled this lead",
    "reassign": "reassigned this lead",
    "accept": "accepted this lead",
    "reject": "rejected this lead",
    "claim": "claimed this lead",
    "qualify_sales": "qualified this lead as SQL",
    "recycle": "gave this lead to nurture",
    "wake": "woke this lead",
    "disqualify": "disqualified this lead",
    "win": "won this lead",
    "lose": "lost this lead",
    "reopen": "reopened this lead",
    "reengage": "re-engaged this lead",
    "undo": "undid the last step",
    "captured": "captured this lead",
}
# Events that move nobody, as the timeline says them.
HAPPENED = {
    "merged": "Merged",
    "unmerged": "Unmerged",
    "answered": "Answered",
    "disputed": "Disputed",
    "settled": "Dispute settled",
    "warned": "Warned",
    "breached": "Out of time",
    "review_overdue": "Review overdue",
    "not_shown": "In nobody’s inbox",
    "exported": "Exported for the person",
    "erased": "Erased",
}


def moved_words(event):
    """ "MQL → Handed off" of an event, or "" when the stage stayed."""
    if not event.source or not event.target or event.source == event.target:
        return ""
    return f"{Stage(event.source).label} → {Stage(event.target).label}"


def clock_words(event):
    """ "80 % of the time for the decision", or "24 h for the decision", of a clock's event."""
    said = event.details
    if not said.get("clock"):
        return ""
    percent = f"{said['percent']} % of the time" if "percent" in said else ""
    return f"{percent or said.get('limit', 'time')} for the {said['clock']}".capitalize()


def reason_words(event):
    """The reason of an event as words; its code reads as one."""
    detail = event.details.get("detail") or ""
    words = [code.replace("_", " ").replace("-", " ") for code in (event.reason, detail) if code]
    return ": ".join(words).capitalize()
