"""Three teams and eight people in several time zones, and their sign-ins."""

from django.contrib.auth.models import Group

from accounts import roles
from accounts.models import Team, User
from leadops.demo import offices

PASSWORD = "metering-demo"  # noqa: S105  (shown on the sign-in page, in demo mode only)
DOMAIN = "demo.leadops.example"

TEAMS = {
    "Marketing": ("marketing", [], "Europe/Berlin"),
    "DACH": ("sales", ["DE", "AT", "CH"], "Europe/Berlin"),
    "Nordics and East": ("sales", [], "Europe/Stockholm"),
}
PEOPLE = [
    ("Ivana Petrova", roles.MARKETER, "Marketing", "Europe/Sofia"),
    ("Jonas Weber", roles.MARKETER, "Marketing", "Europe/Berlin"),
    ("Marta Lindqvist", roles.MARKETING_MANAGER, "Marketing", "Europe/Stockholm"),
    ("Tomáš Novák", roles.REP, "DACH", "Europe/Prague"),
    ("Lena Fuchs", roles.REP, "DACH", "Europe/Vienna"),
    ("Elin Sjöberg", roles.REP, "Nordics and East", "Europe/Stockholm"),
    ("Piotr Zieliński", roles.REP, "Nordics and East", "Europe/Warsaw"),
    ("Claire Dubois", roles.SALES_MANAGER, "DACH", "Europe/London"),
]


def hire():
    """Create teams and people. Returns {first name: User}."""
    calendars = offices.open_offices()
    teams = {
        name: Team.objects.create(
            name=name, side=side, countries=countries, calendar=calendars[zone]
        )
        for name, (side, countries, zone) in TEAMS.items()
    }
    hired = {}
    for name, role, team, time_zone in PEOPLE:
        first, last = name.split()
        user = User.objects.create_user(
            _address(first),
            PASSWORD,
            first_name=first,
            last_name=last,
            team=teams[team],
            time_zone=time_zone,
            calendar=calendars[time_zone],
            is_staff=role in (roles.MARKETING_MANAGER, roles.SALES_MANAGER),
        )
        user.groups.add(Group.objects.get(name=role))
        hired[first] = user
    admin = _address("admin")
    User.objects.create_superuser(admin, PASSWORD, first_name="Ada", last_name="Admin")
    return hired


def signins():
    """What the sign-in page of a demo shows: name, role and address of each person; nothing where
    the demo company does not live."""
    shown = [(name, role, _address(name.split()[0])) for name, role, *_ in PEOPLE]
    shown.append(("Ada Admin", "Administrator", _address("admin")))
    lives_here = set(User.objects.filter(email__endswith=DOMAIN).values_list("email", flat=True))
    return [
        {"name": name, "role": role, "email": email, "password": PASSWORD}
        for name, role, email in shown
        if email in lives_here
    ]


def _address(first):
    plain = first.lower().translate(str.maketrans("áš", "as"))
    return f"{plain}@{DOMAIN}"
