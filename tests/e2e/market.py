"""The company that a browser test looks at: five people, a signed agreement, leads on demand."""

from datetime import timedelta

from django.utils import timezone

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import agreements, starters
from leads.perform import perform
from scoring.scores import rescore
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, TeamFactory
from tests.factories import UserFactory as PersonFactory

PASSWORD = "correct horse battery"
VISITS = [("page_view", "/pricing"), ("webinar", "Peak-load tariffs"), ("demo_request", "")]


class Market:
    """Ivana (marketer), Tomáš and Lena (reps of one team), Marta and Claire (managers)."""

    def __init__(self):
        self.team = TeamFactory(name="DACH")
        self.ivana = _person(PersonFactory, "Ivana", "Petrova")
        self.tomas = _person(RepFactory, "Tomáš", "Novák", team=self.team)
        self.lena = _person(RepFactory, "Lena", "Fuchs", team=self.team)
        self.marta = _manager("Marta", "Lindqvist", MARKETING_MANAGER)
        self.claire = _manager("Claire", "Dubois", SALES_MANAGER)

    def sign(self, starter="b2b_software"):
        """Put a starter agreement in force."""
        now = timezone.now()
        draft = starters.load(starter)
        agreements.sign(draft, by=self.marta, side="marketing", now=now)
        return agreements.sign(draft, by=self.claire, side="sales", now=now)

    def mqls(self, number):
        """Leads in review, with activities and scores of the model in force."""
        agreement = agreements.in_force() or self.sign()
        now = timezone.now()
        leads = [self._lead(now) for _ in range(number)]
        for lead in leads:
            for age, (kind, subject) in enumerate(VISITS):
                at = now - timedelta(days=age, minutes=9)
                ActivityFactory(lead=lead, kind=kind, subject=subject, happened_at=at)
        rescore([lead.pk for lead in leads], agreement.scoring_model, now=now)
        return [self._moved(lead, "qualify", self.ivana) for lead in leads]

    def offers(self, number, to=None):
        """Handed off to a rep, or to the whole team."""
        offered = {"to_user": to} if to else {"to_team": self.team, "offer_to_team": True}
        return [self._moved(lead, "hand_off", self.ivana, **offered) for lead in self.mqls(number)]

    def accepted(self, number, by):
        """SALs with a discovery call tomorrow."""
        call = {"discovery_at": timezone.now() + timedelta(days=1)}
        return [self._moved(lead, "accept", by, **call) for lead in self.offers(number, by)]

    def _lead(self, now):
        return LeadFactory(
            company=CompanyFactory(),
            job_title="Head of operations",
            city="Kassel",
            interest="Metering hub",
            consent_basis="form",
            created_at=now - timedelta(days=3),
        )

    def _moved(self, lead, name, by, **said):
        lead.refresh_from_db()
        return perform(lead, name, by=by, **said)


def _manager(first, last, role):
    return _person(PersonFactory, first, last, role=role, is_staff=True)


def _person(factory, first, last, **fields):
    email = f"{first.lower()}@leadops.test".replace("á", "a").replace("š", "s")
    return factory(first_name=first, last_name=last, email=email, password=PASSWORD, **fields)
