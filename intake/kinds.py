"""What a file can hold: the targets of its columns, what it needs, and what imports it."""

from dataclasses import dataclass, field

from intake import targets
from intake.models import ImportJob

Kind = ImportJob.Kind


@dataclass(frozen=True)
class Held:
    """`targets`: {target: label}; `needs`: (any of these targets, the words when none is mapped);
    `run`: dotted path of what imports a started job (job, now), staging and merging when empty."""

    targets: dict[str, str]
    needs: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    has_attributes: bool = False
    has_properties: bool = False  # property.code: facts about an activity
    update_only: bool = False
    run: str = ""


KINDS: dict[str, Held] = {
    Kind.LEADS: Held(
        targets.FIELDS,
        [(targets.IDENTITY, "Choose a column for Email, External ID or Phone: they find a lead.")],
        has_attributes=True,
    ),
}


def missing(kind, chosen):
    """The words for what these targets of a mapping lack, or ""."""
    for wanted, words in KINDS[kind].needs:
        if not set(wanted) & set(chosen):
            return words
    return ""
