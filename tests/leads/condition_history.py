"""One history twice: `play` writes it to the database, as the program would and with its clock;
`facts_at` folds the same steps in plain Python up to a moment.
"""

from copy import deepcopy
from datetime import timedelta
from itertools import groupby

from accounts.models import User
from handoff.models import BantAnswer, Discovery
from leads.changes import recording
from leads.models import (
    Activity,
    Attribute,
    Campaign,
    Company,
    Consent,
    Lead,
    LeadAttributes,
    LeadEvent,
    Touch,
)
from tests.leads.condition_worlds import ATTRIBUTES, START


def facts_at(history, moment):
    """{lead id: its facts as known at the moment}"""
    companies = {pk: dict(facts) for pk, facts in enumerate(history["companies"], 1)}
    leads = {
        pk: {**facts, "values": dict(values), "stage": "unqualified"}
        | {"activities": [], "events": [], "touches": [], "created_at": _born(pk), "answers": {}}
        for pk, (facts, values) in enumerate(
            zip(history["leads"], history["values"], strict=True), 1
        )
    }
    everything = [a for lead in leads.values() for a in lead["activities"]]
    for hours, name, *arguments in deepcopy(history["steps"]):
        at = START + timedelta(hours=hours)
        # A move at the very moment follows from what is judged as of it.
        if at < moment or (at == moment and name not in ("move", "undo")):
            _fold(leads, companies, everything, at, name, arguments)
    for lead in leads.values():
        lead["company"] = companies.get(lead["company_id"])
    return leads


def _fold(leads, companies, everything, at, name, arguments):
    match name, arguments:
        case "lead", (pk, column, value):
            if column != "company_id" or value is None or value in companies:
                leads[pk][column] = value
        case "company", (pk, column, value):
            if pk in companies:
                companies[pk][column] = value
        case "attr", (pk, code, value):
            leads[pk]["values"][code] = value
        case "act", (pk, kind, subject, properties, late, actor_class):
            activity = {"kind": kind, "subject": subject, "properties": properties}
            activity |= {"happened_at": at - timedelta(hours=late), "actor_class": actor_class}
            leads[pk]["activities"].append(activity)
            everything.append(activity)
        case "reclassify", (number, actor_class):
            if number < len(everything):
                everything[number]["actor_class"] = actor_class
        case "move", (pk, target):
            event = {"name": "moved", "source": leads[pk]["stage"], "target": target}
            leads[pk]["events"].append(event | {"happened_at": at, "undone": False})
            leads[pk]["stage"] = target
        case "undo", (pk,):
            standing = [e for e in leads[pk]["events"] if not e["undone"] and e["name"] != "undo"]
            if standing:
                standing[-1]["undone"] = True
                leads[pk]["stage"] = standing[-1]["source"]
        case "answer", (pk, key, value):
            if value is not None or not key.startswith("consent."):
                leads[pk]["answers"][key] = value
        case "touch", (pk, source, medium, campaign):
            touch = {"source": source, "medium": medium, "campaign_id": campaign}
            leads[pk]["touches"].append(touch)
        case "delete_company", (pk,):
            companies.pop(pk, None)
            for lead in leads.values():
                lead["company_id"] = None if lead["company_id"] == pk else lead["company_id"]


def play(history, after=lambda hours: None):
    """Write the history to the database; `after` is told each hour at which something happened."""
    Attribute.objects.bulk_create(deepcopy(ATTRIBUTES))
    Campaign.objects.bulk_create([Campaign(pk=pk, name=f"Campaign {pk}") for pk in (1, 2)])
    Company.objects.bulk_create(
        [Company(pk=pk, created_at=START, **f) for pk, f in enumerate(history["companies"], 1)]
    )
    Lead.objects.bulk_create(
        [
            Lead(pk=pk, created_at=_born(pk), stage_at=START, due_at=START, **facts)
            for pk, facts in enumerate(history["leads"], 1)
        ]
    )
    LeadAttributes.objects.bulk_create(
        [LeadAttributes(lead_id=pk, values=v) for pk, v in enumerate(history["values"], 1)]
    )
    for hours, steps in groupby(history["steps"], key=lambda step: step[0]):
        at = START + timedelta(hours=hours)
        with recording(now=at):
            for _, name, *arguments in steps:
                _write(at, name, arguments)
        after(hours)


def _write(at, name, arguments):
    match name, arguments:
        case "lead", (pk, column, value):
            gone = column == "company_id" and value and not Company.objects.filter(pk=value)
            if not gone:
                Lead.objects.filter(pk=pk).update(**{column: value})
        case "company", (pk, column, value):
            Company.objects.filter(pk=pk).update(**{column: value})
        case "attr", (pk, code, value):
            row = LeadAttributes.objects.get(pk=pk)
            row.values[code] = value
            row.save()
        case "act", (pk, kind, subject, properties, late, actor_class):
            Activity.objects.create(
                pk=Activity.objects.count() + 1,
                lead_id=pk,
                kind=kind,
                subject=subject,
                properties=properties,
                happened_at=at - timedelta(hours=late),
                recorded_at=at,
                actor_class=actor_class,
            )
        case "reclassify", (number, actor_class):
            Activity.objects.filter(pk=number + 1).update(actor_class=actor_class)
        case "move", (pk, target):
            source = Lead.objects.get(pk=pk).stage
            _event(pk, "moved", at, source, target)
        case "undo", (pk,):
            standing = LeadEvent.objects.filter(lead=pk, undone_by=None).exclude(name="undo")
            event = standing.order_by("-id").first()
            if event:
                stage = Lead.objects.get(pk=pk).stage
                _event(pk, "undo", at, stage, event.source, undoes=event)
        case "answer", (pk, key, value):
            by, _ = User.objects.get_or_create(email="rep@leadops.test")
            _answer(Lead.objects.get(pk=pk), key, value, by, at)
        case "touch", (pk, source, medium, campaign):
            Touch.objects.create(
                lead_id=pk,
                source=source,
                medium=medium,
                campaign_id=campaign,
                happened_at=at,
                recorded_at=at,
            )
        case "delete_company", (pk,):
            Company.objects.filter(pk=pk).delete()


def _answer(lead, key, value, by, at):
    if key == "discovery.right_contact":
        outcome = Discovery.Outcome.NO_ANSWER
        call = {"lead": lead, "by": by, "held_at": at, "outcome": outcome}
        Discovery.objects.create(right_contact=value, **call)
        Discovery.objects.create(right_contact=None, **call)  # says nothing about it
    elif key.startswith("consent."):
        if value is not None:
            said = {"purpose": key.partition(".")[2], "given": value}
            Consent.objects.create(lead=lead, happened_at=at, recorded_at=at, **said)
    else:
        said = {"question": key.partition(".")[2], "value": value}
        BantAnswer.objects.create(lead=lead, by=by, recorded_at=at, **said)


def _born(pk):
    return START + timedelta(days=2 * pk)


def _event(pk, name, at, source, target, undoes=None):
    LeadEvent.objects.create(
        lead_id=pk,
        name=name,
        source=source,
        target=target,
        happened_at=at,
        score=0,
        undoes=undoes,
    )
    Lead.objects.filter(pk=pk).update(stage=target)
