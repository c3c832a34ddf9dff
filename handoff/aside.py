"""What stands beside the offers: how many there are, what is due today, and the person's week
against the agreement; all in one query."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from handoff import capacity, week
from handoff.inbox import offers
from handoff.models import Handoff
from leads.lifecycle import SAL, SQL
from leads.models import Company, Lead
from leads.querysets import CountOf
from leads.words import today

MOST, AGENDA = 100, 12  # as many offers as anybody counts at a glance


@dataclass(frozen=True)
class Aside:
    """`mine`, `team`: how many offers; `agenda`: leads due today; `week`: its lines."""

    mine: str
    team: str
    agenda: list[Lead]
    newest: int  # handoff of all: what is offered later is new to the page
    week: list


def aside(user, now):
    facts = User.objects.filter(pk=user.pk).annotate(
        n_mine=CountOf(offers(user, "mine"), MOST),
        n_team=CountOf(offers(user, "team"), MOST),
        due_today=ArraySubquery(_agenda(user, now)),
        said_week=week.told_by(user, now),
        cap=capacity.cap_of(user.pk),
        newest=Subquery(Handoff.objects.order_by("-pk").values("pk")[:1]),
    )
    found = facts.get()
    agenda = [_lead(one) for one in found.due_today]
    return Aside(
        _count(found.n_mine),
        _count(found.n_team),
        agenda,
        found.newest or 0,
        week.lines(found, now),
    )


def _count(number):
    return str(number) if number < MOST else f"{MOST - 1}+"


def _agenda(user, now):
    """Discovery calls, retries and next steps that are due by the end of today."""
    tomorrow = today(now) + timedelta(days=1)
    leads = Lead.objects.filter(owner=user, stage__in=[SAL, SQL], due_at__lt=tomorrow)
    names = {name: name for name in _SHOWN}
    said = JSONObject(**names, company=F("company__name"), domain=F("company__domain"))
    return leads.order_by("due_at", "pk").values(said=said)[:AGENDA]


def _lead(said):
    names = {"name": said.pop("company"), "domain": said.pop("domain")}
    company = Company(**names) if any(names.values()) else None
    return Lead(**said | {"due_at": datetime.fromisoformat(said["due_at"]), "company": company})


_SHOWN = [
    "id", "first_name", "last_name", "email", "phone", "interest", "source", "city", "stage",
    "due_at",
]  # fmt: skip
