"""Campaign costs: how much which campaign cost on a day, or in a month (then on its first day)."""

from django.db.models.functions import Lower

from intake.held import rowwise
from intake.held.cells import Reader
from intake.held.people import Subject
from intake.kinds import KINDS
from intake.models import ImportChange
from leads.models import Campaign, CampaignCost

UNKNOWN = "There is no campaign of this name here, and only known ones are updated."


def run(job, *, now, trial=None):
    reader = Reader(job, KINDS[job.kind].typed, now=now)
    rowwise.run(job, reader, lambda lines: _take(job, lines), _keys, trial)


def _keys(lines):
    return [[(line.said.get("cost.campaign", "").lower(), line.said.get("cost.on"),
              line.said.get("cost.note"))] for line in lines]  # fmt: skip


def _take(job, lines):
    told = [line for line in lines if not _lacks(line)]
    campaigns = _campaigns(job, told)
    told = [line for line in told if not line.refusal]
    known = _known(told, campaigns)
    written = ImportChange.objects.filter(job=job, subject=Subject.COST)
    mine = set(written.filter(subject_id__in=[one.pk for one in known.values()])
               .values_list("subject_id", flat=True))  # fmt: skip
    new: list[CampaignCost] = []
    changes = []
    for line in told:
        campaign, amount = campaigns[_name(line)], line.said["cost.amount"]
        line.who = campaign.name
        key = (campaign.pk, line.said["cost.on"], line.said.get("cost.note", ""))
        cost = known.get(key)
        if cost is None:
            cost = CampaignCost(campaign=campaign, on=key[1], note=key[2], amount=amount)
            known[key] = cost
            new.append(cost)
            line.outcome = "created"
        elif cost.amount == amount:
            line.outcome = "unchanged"
        elif cost.pk is None or cost.pk in mine:
            line.refuse(
                "This file has told what this campaign cost then; give each row a note of its own."
            )
        else:
            changes.append((cost.pk, {"amount": str(cost.amount)}, {"amount": str(amount)}))
            line.changed = {"cost.amount": (cost.amount, amount)}
            mine.add(cost.pk)
            cost.amount = amount
            line.outcome = "updated"
    CampaignCost.objects.bulk_create(new)
    CampaignCost.objects.bulk_update(
        [cost for cost in known.values() if cost.pk in {pk for pk, *_ in changes}], ["amount"]
    )
    created = [(cost.pk, None, {"amount": str(cost.amount)}) for cost in new]
    rowwise.changed(job, Subject.COST, created + changes)


def _lacks(line):
    for target, words in _NEEDED.items():
        if target not in line.said:
            line.refuse(words)
    return line.refusal


def _campaigns(job, lines):
    """{name in small letters: Campaign}; new ones are created, unless only known ones are
    updated."""
    names = {_name(line): line.said["cost.campaign"] for line in lines}
    rows = Campaign.objects.annotate(low=Lower("name")).filter(low__in=names)
    found = {one.low: one for one in rows}
    unknown = {low: name for low, name in names.items() if low not in found}
    if job.mapping.get("update_only"):
        for line in lines:
            if _name(line) in unknown:
                line.skip(UNKNOWN)
        return found
    channels = {_name(line): line.said.get("cost.channel", "") for line in lines}
    made = Campaign.objects.bulk_create(
        Campaign(name=name, channel=channels[low]) for low, name in unknown.items()
    )
    return found | {one.name.lower(): one for one in made}


def _known(lines, campaigns):
    days = {line.said["cost.on"] for line in lines}
    ids = [one.pk for one in campaigns.values()]
    costs = CampaignCost.objects.filter(campaign__in=ids, on__in=days)
    return {(one.campaign_id, one.on.isoformat(), one.note): one for one in costs}


def _name(line):
    return line.said["cost.campaign"].lower()


_NEEDED = {
    "cost.campaign": "The campaign is missing.",
    "cost.on": "The day or month is missing.",
    "cost.amount": "The amount is missing.",
}
