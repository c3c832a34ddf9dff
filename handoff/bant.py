"""BANT: the latest answer to each question. Whether they are enough: handoff/sql_gate.py."""

from handoff.models import BantAnswer

MET = {BantAnswer.Value.PARTLY, BantAnswer.Value.YES}


def answers(lead_ids):
    """{lead id: {question: latest BantAnswer}}."""
    rows = BantAnswer.objects.filter(lead__in=lead_ids)
    rows = rows.order_by("lead", "question", "-recorded_at", "-id").distinct("lead", "question")
    found = {pk: {} for pk in lead_ids}
    for row in rows:
        found[row.lead_id][row.question] = row
    return found


def known_before(lead_ids):
    """{lead id: how many of the four somebody has an answer to}; "no" is one, "unknown" is none."""
    return {
        pk: sum(one.value != BantAnswer.Value.UNKNOWN for one in theirs.values())
        for pk, theirs in answers(lead_ids).items()
    }


def record(lead, said, *, by, now):
    """Store those of `said` ({question: (value, basis, evidence)}) that differ from the latest."""
    before = answers([lead.pk])[lead.pk]
    rows = [
        BantAnswer(
            lead=lead,
            question=q,
            value=value,
            basis=basis,
            evidence=evidence,
            by=by,
            recorded_at=now,
        )
        for q, (value, basis, evidence) in said.items()
        if q not in before
        or (before[q].value, before[q].basis, before[q].evidence) != (value, basis, evidence)
    ]
    BantAnswer.objects.bulk_create(rows)
