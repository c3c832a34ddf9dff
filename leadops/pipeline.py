"""The pipeline on one screen: what other apps add to a transition of leads (leads/perform.py),
and what is computed in the background.

`lock` is taken before the leads, `gate` may refuse, `effect` runs in the same transaction,
`reactions` after commit; `form` asks a person for the transition's arguments. The effect of "*"
follows every move. "changed", "recorded", "scored", "remembered" and "forgotten" are no
transitions: a fact about a lead changed, activities of it came in, scores were written, another
system told its past, or that was rolled back. What follows "undo" moves nobody either and only
stands in the timeline. "merged": the `moves` of other apps are models whose rows follow a person
into the lead that a merge keeps (leads/duplicates/moving.py says what stays, and why).
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
    "remembered": {"effect": "handoff.remembered.remember"},
    "forgotten": {"effect": "handoff.remembered.forget"},
    "merged": {
        "moves": [
            "handoff.BantAnswer",
            "handoff.QuestionAnswer",
            "intake.Submission",
            "intake.Visitor",
        ]
    },
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
        **_TOLD,
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
    # Before the words of these people go: what no row of a lead points to.
    "erased": {"effects": ["intake.forgetting.forget"]},
}

# What becomes of the rows of a person who is erased (leads/personal.py): "gone", or which columns
# keep their text ("keeps": codes; "shared": where others say the same; "says": not empty;
# "flags": what is true or false in it).
PERSONAL: dict[str, Any] = {
    "leads.Lead": {"keeps": ["grade"], "shared": ["source", "country"]},
    "leads.LeadAttributes": {},
    "leads.Activity": {"flags": ["properties"]},  # whether a call reached the lead is counted
    "leads.Consent": {},
    "leads.Cycle": {"keeps": ["source", "grade", "reason"]},  # the source follows from the events
    "leads.DuplicateKey": "gone",
    "leads.DuplicatePair": "gone",
    "leads.ExternalId": "gone",
    "leads.LeadEvent": {"keeps": ["name", "source", "target", "reason", "grade", "details"]},
    "leads.Merge": {},
    "leads.Touch": {"shared": ["source", "medium"]},
    "intake.Submission": "gone",
    "intake.Visit": "gone",
    "intake.Visitor": "gone",
    "scoring.ScoreChange": {"keeps": ["grade"]},
    "handoff.BantAnswer": {},
    "handoff.CallDraft": "gone",
    "handoff.Churn": {"keeps": ["reason"]},
    "handoff.Decision": {},
    "handoff.Discovery": {},
    "handoff.Handoff": {},
    "handoff.Opportunity": {"keeps": ["currency", "reason"], "shared": ["product"]},
    "handoff.Pause": {"says": ["reason"]},
    "handoff.QuestionAnswer": "gone",
    "handoff.Response": {"says": ["note"]},
    "handoff.ReviewEntry": "gone",
    "notify.Notice": "gone",
}

# What else is known of a person, for the export: (leads' ids, their keys) → (title, rows) pairs.
PERSONAL_BESIDE = ["leads.dossier.beside", "intake.forgetting.beside"]

# What is not kept for ever (leads/retention.py): kind → its Kept.
RETENTION: dict[str, str] = {
    "leads": "leads.keeping.LEADS",
    "activities": "leads.keeping.ACTIVITIES",
    "forms": "intake.keeping.FORMS",
    "import_files": "intake.keeping.FILES",
    "import_rows": "intake.keeping.ROWS",
    "import_changes": "intake.keeping.CHANGES",
    "notices": "notify.keeping.NOTICES",
    "judgements": "handoff.keeping.JUDGEMENTS",
    "computations": "scoring.keeping.COMPUTATIONS",
}

# What stands in rows beside a lead and conditions may read: lists of leads.conditions.fields.Field.
LEAD_FACTS = ["handoff.facts.FACTS", "leads.consents.FACTS"]

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
