"""Rows for tests. Stages are reached through the front door."""

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import roles
from accounts.models import Team, User, WorkCalendar, WorkHours
from leads.models import Activity, Attribute, Company, Lead, LeadAttributes
from scoring.models import Rule, RuleGroup, ScoringModel


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    side = "sales"


class UserFactory(factory.django.DjangoModelFactory):
    """`role`: the name of a role group, accounts.roles."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@leadops.test")
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Person{n}")

    @classmethod
    def _create(cls, model_class, *args, role=roles.MARKETER, password="", **kwargs):
        user = model_class.objects.create_user(*args, password=password or None, **kwargs)
        user.groups.add(Group.objects.get(name=role))
        return User.objects.select_related("team").get(pk=user.pk)


class RepFactory(UserFactory):
    team = factory.SubFactory(TeamFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return super()._create(model_class, *args, **{"role": roles.REP} | kwargs)


class WorkCalendarFactory(factory.django.DjangoModelFactory):
    """`hours`: [(opens, closes)] of each day from Monday to Friday, as "09:00"."""

    class Meta:
        model = WorkCalendar
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Office {n}")
    time_zone = "Europe/Warsaw"

    @factory.post_generation
    def hours(self, create, extracted, **_):
        spans = [("09:00", "18:00")] if extracted is None else extracted
        for day in range(5):
            for opens, closes in spans:
                WorkHours.objects.create(calendar=self, weekday=day, opens=opens, closes=closes)


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Halden {n} GmbH")
    domain = factory.Sequence(lambda n: f"halden{n}.example")
    industry = "Manufacturing"
    employees = 240
    country = "DE"
    created_at = factory.LazyFunction(timezone.now)


class AttributeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attribute

    code = factory.Sequence(lambda n: f"attribute_{n}")
    label = factory.LazyAttribute(lambda o: o.code.replace("_", " ").capitalize())
    kind = "text"
    known_since = "capture"


class LeadFactory(factory.django.DjangoModelFactory):
    """An unqualified lead with its attributes row; `values` are its custom attributes."""

    class Meta:
        model = Lead
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"lead{n}@example.com")
    first_name = "Anke"
    last_name = factory.Sequence(lambda n: f"Brandt{n}")
    phone = "+49 561 555 0142"
    country = "DE"
    source = "Organic search"
    created_at = factory.LazyFunction(timezone.now)
    stage_at = factory.SelfAttribute("created_at")

    @factory.post_generation
    def values(self, create, extracted, **_):
        LeadAttributes.objects.create(lead=self, values=extracted or {})


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    lead = factory.SubFactory(LeadFactory)
    kind = "page_view"
    subject = "/pricing"
    happened_at = factory.LazyFunction(timezone.now)
    recorded_at = factory.SelfAttribute("happened_at")


class ScoringModelFactory(factory.django.DjangoModelFactory):
    """A draft; publish it with `published_at` once its rules are there."""

    class Meta:
        model = ScoringModel

    version = factory.Sequence(lambda n: n + 1)
    name = "B2B"


class RuleGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RuleGroup

    model = factory.SubFactory(ScoringModelFactory)
    kind = "engagement"
    name = factory.Sequence(lambda n: f"Group {n}")
    cap = 10


class RuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Rule

    model = factory.SubFactory(ScoringModelFactory)
    kind = "engagement"
    condition = factory.LazyFunction(lambda: {"did": "page_view"})
    points = 5
