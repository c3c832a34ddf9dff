"""BANT: the latest answer to each question, and whether they reach the agreement's bar."""

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


def missing_for_sql(lead_ids, bar):
    """{lead id: a sentence that names what is missing, or ""}."""
    return {pk: _missing(theirs, bar) for pk, theirs in answers(lead_ids).items()}


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


def _missing(theirs, bar):
    met = {q for q, answer in theirs.items() if answer.value in MET}
    if len(met) >= bar:
        return ""
    open_ones = [q.label for q in BantAnswer.Question if q not in met]
    return f"{len(met)} of {bar} BANT answers are partly or yes; open: {', '.join(open_ones)}."
