"""What a file can hold: the targets of its columns, what it needs, and what imports it."""

from dataclasses import dataclass, field

from intake import targets
from intake.models import ImportJob

Kind = ImportJob.Kind


@dataclass(frozen=True)
class Held:
    """`targets`: {target: label}; `typed`: {target: what its cells are read as}, words where none
    is named (see intake/held/cells.py); `needs`: (any of these targets, the words when none is
    mapped); `update_only`: whether that is the rule when a mapping does not say; `run`: dotted path
    of what imports a started job (job, now, trial), staging and merging when empty."""

    targets: dict[str, str]
    needs: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    has_attributes: bool = False
    has_properties: bool = False  # property.code: facts about an activity
    update_only: bool = False
    run: str = ""


KINDS: dict[str, Held] = {
    Kind.LEADS: Held(
        targets.FIELDS,
        [(targets.IDENTITY, "Choose a column for Email, External ID or Phone: they find a lead.")],
        typed=targets.TYPED,
        has_attributes=True,
    ),
    Kind.COMPANIES: Held(
        targets.COMPANY | targets.ACCOUNT,
        [(targets.COMPANY_IDENTITY, "Choose a column for the company's name or domain.")],
        typed=targets.TYPED,
        run="intake.held.companies.run",
    ),
    Kind.ACTIVITIES: Held(
        targets.ACTIVITY | targets.PERSON,
        [
            (targets.IDENTITY, "Choose a column that says whose activity it is."),
            (("activity.kind",), "Choose a column for the kind of activity."),
            (("activity.happened_at",), "Choose a column for when it happened."),
        ],
        typed=targets.TYPED,
        has_properties=True,
        update_only=True,
        run="intake.held.activities.run",
    ),
    Kind.HISTORY: Held(
        targets.HISTORY | targets.FIELDS,
        [
            (
                (*targets.IDENTITY, "history.opportunity"),
                "Choose a column that says whose past it is: an email, an id or a phone number.",
            ),
            (targets.HISTORY_MOMENTS, "Choose a column for a stage, or for when it was reached."),
        ],
        typed=targets.TYPED,
        has_attributes=True,
        run="intake.held.history.run",
    ),
    Kind.COSTS: Held(
        targets.COST,
        [
            (("cost.campaign",), "Choose a column for the campaign."),
            (("cost.on",), "Choose a column for the day or month."),
            (("cost.amount",), "Choose a column for the amount."),
        ],
        typed=targets.TYPED,
        run="intake.held.costs.run",
    ),
}


def missing(kind, chosen):
    """The words for what these targets of a mapping lack, or ""."""
    for wanted, words in KINDS[kind].needs:
        if not set(wanted) & set(chosen):
            return words
    return ""
