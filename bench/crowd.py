"""The people of a benchmark, the agreement they signed, and their sessions."""

from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import roles
from accounts.models import Team, User
from handoff import agreements, starters

# Sales teams and what they serve; one team alone serves all.
TEAMS = {"DACH": ["DE", "AT", "CH"], "Nordics": ["SE", "NO", "DK"], "East": ["CZ", "PL", "BG"]}


@dataclass
class Crowd:
    marketers: list[User]
    reps: list[User]
    managers: list[User]


def gather(*, teams=4, reps=40, signed_at=None):
    """Hire so many reps into so many teams, five marketers and two managers, who sign (now)."""
    serving = [*[*TEAMS.items()][: teams - 1], ("Everywhere else", [])]
    sales = [Team.objects.create(name=n, side="sales", countries=served) for n, served in serving]
    marketing = Team.objects.create(name="Marketing", side="marketing")
    crowd = Crowd(
        marketers=[_hire(f"marketer{i}", roles.MARKETER, marketing) for i in range(5)],
        reps=[_hire(f"rep{i}", roles.REP, sales[i * teams // reps]) for i in range(reps)],
        managers=[
            _hire("marketing-manager", roles.MARKETING_MANAGER, marketing),
            _hire("sales-manager", roles.SALES_MANAGER, sales[0]),
        ],
    )
    agreement = starters.load("b2b_software")
    for side, manager in zip(("marketing", "sales"), crowd.managers, strict=True):
        agreements.sign(agreement, by=manager, side=side, now=signed_at or timezone.now())
    return crowd


def present():
    """The crowd of a database that was filled before."""
    people = User.objects.select_related("team").order_by("pk")
    return Crowd(
        marketers=list(people.filter(groups__name=roles.MARKETER)),
        reps=list(people.filter(groups__name=roles.REP)),
        managers=list(people.filter(groups__name__endswith="manager")),
    )


def session_of(user):
    """Sign in without the page; the value of the session cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def _hire(name, role, team):
    user = User(email=f"{name}@bench.example", first_name=name.capitalize(), team=team)
    user.set_unusable_password()
    user.save()
    user.groups.add(Group.objects.get(name=role))
    return user
