"""The pipeline on one screen: what other apps add to a transition of leads (leads/perform.py),
and what is computed in the background.

`lock` is taken before the leads, `gate` may refuse, `effect` runs in the same transaction,
`reactions` after commit; `form` asks a person for the transition's arguments. The effect of "*"
follows every move. "changed", "recorded" and "scored" are no transitions: a fact about a lead
changed, activities of it came in, or scores were written. The last seven move nobody either and
only stand in the timeline. "merged": the `moves` of other apps are models whose rows follow a
person into the lead that a merge keeps (leads/duplicates/moving.py says what stays, and why).
"""

from typing import Any

_UNDER_AGREEMENT = {"lock": "handoff.agreements.lock_shared"}
_TOLD = {"reactions": ["notify.tasks.tell"]}
LEAD_PIPELINE: dict[str, dict[str, Any]] = {
    "captured": {"reactions": ["handoff.tasks.judge_stale"]},
    "changed": {
        "effect": "handoff.reviewing.edited",
        "reactions": ["handoff.tasks.judge_stale"],
    },
    "recorded": {"effect": "handoff.touching.by_activities"},
    "scored": {"effect": "handoff.reviewing.scored"},
    "merged": {"moves": ["handoff.BantAnswer", "handoff.QuestionAnswer"]},
    "*": {"effect": "handoff.reviewing.moved"},
    "qualify": {
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.QualifyForm",
        "gate": "handoff.gates.may_qualify",
    },
    "demote": {"form": "handoff.forms.DemoteForm", "gate": "handoff.gates.may_leave"},
    "hand_off": {
        **_TOLD,
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.HandOffForm",
        "gate": "handoff.gates.may_hand_off",
        "effect": "handoff.effects.open_handoffs",
    },
    "recall": {
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.RecallForm",
        "gate": "handoff.gates.may_recall",
        "effect": "handoff.effects.recalled",
    },
    "reassign": {
        **_TOLD,
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.ReassignForm",
        "gate": "handoff.gates.may_reassign",
        "effect": "handoff.effects.reassigned",
    },
    "accept": {
        **_TOLD,
        "form": "handoff.taking.AcceptForm",
        "gate": "handoff.gates.may_accept",
        "effect": "handoff.effects.accepted",
    },
    "reject": {
        **_TOLD,
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.RejectForm",
        "gate": "handoff.gates.may_reject",
        "effect": "handoff.effects.rejected",
    },
    "claim": {
        "form": "handoff.taking.ClaimForm",
        "gate": "handoff.gates.may_claim",
        "effect": "handoff.effects.claimed",
    },
    "qualify_sales": {
        **_TOLD,
        "form": "handoff.forms.QualifySalesForm",
        "gate": "handoff.gates.may_qualify_sales",
        "effect": "handoff.effects.became_sql",
    },
    "recycle": {
        **_TOLD,
        "form": "handoff.forms.RecycleForm",
        "gate": "handoff.gates.may_leave",
        "effect": "handoff.effects.left",
    },
    "wake": {**_UNDER_AGREEMENT, "gate": "handoff.gates.may_return"},
    "disqualify": {
        **_TOLD,
        "form": "handoff.forms.DisqualifyForm",
        "gate": "handoff.gates.may_leave",
        "effect": "handoff.effects.left",
    },
    "win": {
        **_TOLD,
        "form": "handoff.forms.WinForm",
        "gate": "handoff.gates.may_win",
        "effect": "handoff.effects.won",
    },
    "lose": {
        **_TOLD,
        "form": "handoff.forms.LoseForm",
        "gate": "handoff.gates.may_leave",
        "effect": "handoff.effects.left",
    },
    "reopen": {"form": "handoff.forms.ReopenForm", "gate": "handoff.gates.may_leave"},
    "reengage": {
        **_UNDER_AGREEMENT,
        "form": "handoff.forms.ReengageForm",
        "gate": "handoff.gates.may_return",
    },
    "undo": {"effect": "handoff.effects.undone", "reactions": ["notify.tasks.withdraw"]},
    "answered": _TOLD,
    "disputed": _TOLD,
    "settled": _TOLD,
    "warned": _TOLD,
    "breached": _TOLD,
    "review_overdue": _TOLD,
    "not_shown": _TOLD,
}

# What other apps know of a lead and conditions may read: lists of leads.conditions.fields.Field.
LEAD_FACTS = ["handoff.facts.FACTS"]

# What can take minutes, as jobs with progress (scoring/computing.py): kind → its function.
COMPUTATIONS: dict[str, str] = {
    "checks": "handoff.checking.compute",
    "calibration": "scoring.calibration.calibrating.compute",
    "fired": "scoring.firing.compute",
    "preview": "handoff.preview.computing.compute",
}

# What a score is held against: the rulebook in force, and the grades that would make a lead an MQL.
SCORE_WANTED = "handoff.panel.score_wanted"

# {version of a scoring model: its standing and the agreement that pins it}, shown by scoring.
MODEL_STANDINGS = "handoff.agreements.standings"

# {code: does a rejection for this reason teach the points?}, asked by calibration.
TEACHING_REASONS = "handoff.reasons.teaching"
