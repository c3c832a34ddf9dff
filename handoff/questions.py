"""The agreement's own questions: the latest answer to each, by its code. Nothing is overwritten."""

from handoff.models import QuestionAnswer


def answers(lead_ids):
    """{lead id: {code: latest QuestionAnswer}}."""
    rows = QuestionAnswer.objects.filter(lead__in=lead_ids)
    rows = rows.order_by("lead", "code", "-recorded_at", "-id").distinct("lead", "code")
    found = {pk: {} for pk in lead_ids}
    for row in rows:
        found[row.lead_id][row.code] = row
    return found


def record(lead, said, *, by, now):
    """Store those of `said` ({code: text}) that differ from the latest."""
    before = {code: one.text for code, one in answers([lead.pk])[lead.pk].items()}
    QuestionAnswer.objects.bulk_create(
        QuestionAnswer(lead=lead, code=code, text=text, by=by, recorded_at=now)
        for code, text in said.items()
        if text != before.get(code, "")
    )


def field_name(code):
    """Where it stands in the form of a call."""
    return f"own-{code}"
