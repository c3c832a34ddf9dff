"""A few lines of each outcome of a dry run: which, whom it is about, and what changes."""

from accounts.models import User
from intake.kinds import KINDS
from intake.samples import SHOWN, shown
from intake.targets import ACCOUNT, COMPANY
from leads.models import Attribute, Company, Lead

# Changes that say a row of ours: how they are called, and which rows these are.
_ROWS = {
    "lead.company_id": (COMPANY["company.name"], Company),
    "company.owner_id": (ACCOUNT["company.owner"], User),
}


def of_lines(job, lines):
    """As samples.of_batch, of lines that have all the same outcome."""
    if not lines:
        return []
    told = [_said(line) for line in lines]
    labels, names = _labels(job), _names(told)
    leads = Lead.objects.in_bulk([line.lead_id for line in lines if line.lead_id])
    found = []
    for line, said in zip(lines, told, strict=True):
        what = [
            [labels.get(target, target), *(shown(names[target].get(one, one)) for one in pair)]
            if target in names
            else [labels.get(target, target), *map(shown, pair)]
            for target, pair in said.items()
        ]
        who = line.who or str(leads.get(line.lead_id, ""))
        found.append({"line": line.record.line, "who": who[:120], "what": what[:SHOWN]})
    return found


def _said(line):
    """{target: (before, after)}"""
    if line.outcome == "created":
        return {target: ("", value) for target, value in line.said.items()}
    return line.changed


def _labels(job):
    attributes = Attribute.objects.values_list("code", "label")
    return (
        KINDS[job.kind].targets
        | {target: label for target, (label, _model) in _ROWS.items()}
        | {f"attr.{code}": label for code, label in attributes}
    )


def _names(told):
    """{target: {id: how that row is called}}"""
    found = {}
    for target, (_label, model) in _ROWS.items():
        ids = {pk for said in told for pk in said.get(target, ()) if pk}
        if ids:
            found[target] = {
                pk: str(row) for pk, row in model._default_manager.in_bulk(ids).items()
            }
    return found
