"""What discovery found out, as fields that conditions read."""

from handoff.models import BantAnswer, Discovery
from leads.conditions.fields import Field, Rows


def _answer(question):
    return Field(
        f"bant.{question}",
        f"{question.label.lower()} (BANT)",
        "choice",
        options=tuple(BantAnswer.Value.choices),
        rows=Rows(BantAnswer, "value", "recorded_at", {"question": question.value}),
    )


FACTS = [
    *(_answer(question) for question in BantAnswer.Question),
    Field(
        "discovery.right_contact",
        "right for us",
        "boolean",
        rows=Rows(Discovery, "right_contact", "held_at", {"right_contact__isnull": False}),
    ),
]
