"""A row of a file that is taken as it comes: what it says, and what became of it."""

from dataclasses import dataclass, field

from intake.reading import Record


@dataclass
class Line:
    """`outcome` (created, updated, unchanged) or `refusal` (words) is the answer; of one that is
    `skipped` nothing is wrong. `lead_id` or `who` is whom it is about; `changed` is
    {target: (before, after)} of an update."""

    record: Record
    n: int  # from 1, as they stand in the file
    said: dict = field(default_factory=dict)
    outcome: str = ""
    refusal: str = ""
    skipped: bool = False
    is_secret: bool = False  # no cell of it may be kept
    lead_id: int | None = None
    who: str = ""
    changed: dict = field(default_factory=dict)

    def refuse(self, words, *, is_secret=False):
        self.refusal, self.is_secret = str(words), is_secret

    def skip(self, words):
        self.refusal, self.skipped = words, True
