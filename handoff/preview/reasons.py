"""Why a lead enters or leaves under a draft, in words: what differs between the two sides."""

from decimal import Decimal

from handoff.preview.rules import Rules, signed
from handoff.qualifying import BAND
from scoring import scores

MOST = 2  # rules named for one lead
KINDS = ("fit", "engagement")


def explain(comparison, lead_rows, moment):
    """{lead id: ["title is energy manager, +8.00"]} for these rows of the comparison."""
    now, draft = comparison.definitions["now"], comparison.definitions["draft"]
    rules = Rules(now.rulebook, draft.rulebook)
    ids = [row["lead_id"] for row in lead_rows]
    given = [_given(one.rulebook, rules, ids, moment) for one in (now, draft)]
    found = {}
    for row in lead_rows:
        points = [one[row["lead_id"]] for one in given]
        because = [*_by_words(row), *_by_points(row, rules, *points)]
        found[row["lead_id"]] = [*because, *_by_bands(row, now, draft)] or _by_caps(row)
    return found


def _given(rulebook, rules, ids, moment):
    """{lead id: {(place of the rule's pair, kind): points that count}}."""
    if not ids:
        return {}
    keys = [(rules.place(rule), rule.kind) for rule in rulebook.rules]
    return {
        row["lead_id"]: {key: Decimal(row[f"counts{i}"]) / 100 for i, key in enumerate(keys)}
        for row in scores.rows(rulebook, ids, now=moment, as_of=moment)
    }


def _by_words(row):
    """Vetoes and paths that hold on one side only."""
    found = []
    for what in ("veto", "path"):
        now, draft = row[f"now_{what}"], row[f"draft_{what}"]
        if now != draft and {now, draft} != {"", BAND}:
            found += [f"{what} “{draft}”"] if draft not in ("", BAND) else []
            found += [f"no more {what} “{now}”"] if now not in ("", BAND) else []
    return found


def _by_points(row, rules, now, draft):
    """The rules that moved the band most; where no band moved, the points."""
    moves = {kind: row[f"draft_{kind}"] - row[f"now_{kind}"] for kind in KINDS}
    bands = [kind for i, kind in enumerate(KINDS) if row["now_grade"][i] != row["draft_grade"][i]]
    differ = {key: draft.get(key, 0) - now.get(key, 0) for key in {**draft, **now}}
    count = [key for key in differ if differ[key] and key[1] in (bands or KINDS)]
    # What pulled the other way explains nothing.
    with_it = [key for key in count if differ[key] * moves[key[1]] > 0]
    most = sorted(with_it or count, key=lambda key: (-abs(differ[key]), rules.name(key[0])))
    return [
        f"{_within(rules.name(place))}{rules.fading(place, differ[place, kind] > 0)},"
        f" {signed(differ[place, kind])}"
        for place, kind in most[:MOST]
    ]


def _by_bands(row, now, draft):
    """Other cut-offs give another grade for the same points; another matrix, another action."""
    found = []
    models = (now.rulebook.model, draft.rulebook.model)
    before, after = row["now_grade"], row["draft_grade"]
    for kind, i, cuts in (("fit", 0, _FIT_CUTS), ("engagement", 1, _ENGAGEMENT_CUTS)):
        if before[i] != after[i] and row[f"now_{kind}"] == row[f"draft_{kind}"]:
            band = min(before[i], after[i])
            old, new = (getattr(model, cuts[band]) for model in models)
            found.append(f"{kind} {band} from {new:f} instead of {old:f}")
    action, instead = draft.matrix.get(before, "leave"), now.matrix.get(before, "leave")
    if before == after and action != instead:
        found.append(f"{before}: {action} instead of {instead}")
    return found


def _by_caps(row):
    """The same rules with other caps of groups or kinds."""
    differ = {kind: row[f"draft_{kind}"] - row[f"now_{kind}"] for kind in KINDS}
    return [f"caps of {kind}, {signed(points)}" for kind, points in differ.items() if points]


def _within(label):
    """As within a sentence, but "ICP industry"."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


_FIT_CUTS = {"A": "fit_a", "B": "fit_b", "C": "fit_c"}
_ENGAGEMENT_CUTS = {"1": "engagement_1", "2": "engagement_2", "3": "engagement_3"}
