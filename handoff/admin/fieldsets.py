"""How the columns of an agreement stand on its page in the admin."""

from handoff.admin.forms import LETTERS, NUMBERS

SIGNED = ["state", "signed_by", "in_force_from", "superseded_at"]
_GRID: list = [tuple(letter + number for number in NUMBERS) for letter in LETTERS]


def fieldsets(*, editable):
    """Grades and required data are controls in a draft, and words in a signed version."""
    grades = _GRID if editable else ["matrix"]
    return [
        (None, {"fields": ["title", "scoring_model", "starts_on"]}),
        (
            "Goal",
            {
                "fields": ["goal", ("goal_customers", "goal_from", "goal_until")],
                "description": "The MQLs that it needs are counted backwards from the number.",
            },
        ),
        ("Definitions in words", {"fields": ["mql_words", "sal_words", "sql_words"]}),
        (
            "What happens with each grade",
            {"fields": [*grades, ("automatic_cap", "margin", "minimum_grade")]},
        ),
        (
            "Before the handoff",
            {"fields": ["facts" if editable else "required", "bant_before"]},
        ),
        (
            "Service levels, in business time",
            {
                "fields": [
                    ("shown_seconds", "touch_minutes"),
                    ("automatic_hours", "decide_hours"),
                    ("review_hours", "answer_hours"),
                    ("attempts", "attempt_days"),
                    "calendar",
                ]
            },
        ),
        (
            "BANT bar before SQL",
            {
                "fields": [
                    ("bant_bar", "stated_bar"),
                    ("budget_at_least", "authority_at_least"),
                    ("need_at_least", "timeline_at_least"),
                ]
            },
        ),
        (
            "Holds, recycling and the sample",
            {
                "fields": [
                    ("pause_hours", "max_cycles"),
                    ("longest_nurture_days", "exploration_share"),
                ]
            },
        ),
        ("Signed", {"fields": SIGNED}),
    ]
