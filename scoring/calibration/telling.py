"""The report of a calibration as text, for the shell."""


def lines(report):
    """Yield its lines."""
    outcome, split = report["outcome"], report["split"]
    yield f"Outcome: {outcome['words']}; {outcome['won']} yes, {outcome['lost']} no"
    for why, number in outcome["left_out"].items():
        yield f"  left out: {number} ({why})"
    yield f"Learnt from the {split['old']} older leads, tested on the {split['new']} newer ones"
    yield from _warnings(report["columns"])
    yield from (f"Caution: {words}" for words in report["cautions"])
    yield from _rules(report)
    yield from _proof(report)
    if not report["suggests"]:
        yield f"Nothing is suggested. {report['why_not']}"


def _warnings(columns):
    for column in columns:
        if column["why"]:
            used = "used all the same" if column["used"] else "not used"
            yield f"Warning: {column['about']} may be known only after the outcome ({used}):"
            yield from (f"  {why}" for why in column["why"])


def _rules(report):
    if report["rules"]:
        yield f"Rules of {report['judged']['name']} (model v{report['judged']['version']})"
        yield from map(_rule, report["rules"])
    if report["candidates"]:
        yield "Candidates"
        yield from map(_rule, report["candidates"])


def _rule(row):
    points = "" if row["points"] is None else f"{row['points']:g} points; "
    return f"  {row['words']}: {points}{_evidence(row)}; {row['verdict']}{_suggested(row)}"


def _suggested(row):
    if row["suggested"] is None:
        return ""
    if not row["suggested"]:
        return ", adds nothing to those suggested"
    low, high = row["suggested_low"], row["suggested_high"]
    return f", suggested {row['suggested']:+d} ({low:+.0f} to {high:+.0f})"


def _evidence(row):
    if row["lift"] is None:
        return f"{row['support']} leads"
    return (
        f"{row['support']} leads, {row['rate_with'][0]:.1%} with and {row['rate_without'][0]:.1%}"
        f" without, lift {row['lift']:.2f} ({row['lift_low']:.2f} to {row['lift_high']:.2f})"
    )


def _proof(report):
    proof = report["proof"]
    if not proof:
        return
    current = report["current_auc"]
    beside = "" if current is None else f"; the model that is judged: {current:.3f}"
    yield f"On the newer leads: AUC {proof['auc']:.3f} ({proof['auc_low']:.3f} to" + (
        f" {proof['auc_high']:.3f}){beside}"
    )
    yield f"  lift in the best tenth {_said(proof['top_decile_lift'])}; at the bar of" + (
        f" {proof['bar']:g} points precision {_said(proof['precision'])},"
        f" recall {_said(proof['recall'])}"
    )
    for tenth in proof["reliability"]:
        yield (
            f"  {tenth['from']:g} to {tenth['to']:g} points: expected {tenth['expected']:.1%},"
            + (f" happened {tenth['happened']:.1%} of {tenth['leads']}")
        )


def _said(number):
    return "–" if number is None else f"{number:.2f}"
