"""An offer to a whole team is told to each of its reps, until one of them took it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from handoff import breaches
from leads.models import LeadEvent
from leads.perform import perform
from notify import reactions
from notify.models import Notice
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def elin(team):
    return RepFactory(team=team)


@pytest.fixture
def piotr(team):
    return RepFactory(team=team)


@pytest.fixture
def lead(team, elin, piotr):
    return offered(team)


def offered(team, **said):
    ivana = UserFactory(first_name="Ivana", last_name="Petrova")
    lead = story.an_mql(by=ivana, first_name="Anke", last_name="Brandt")
    return perform(lead, "hand_off", by=ivana, to_team=team, offer_to_team=True, **said)


def react(*names):
    """All reactions to what happened so far, twice, as after a killed worker."""
    events = LeadEvent.objects.order_by("pk")
    events = events.filter(name__in=names) if names else events
    for _ in range(2):
        undos = [event.pk for event in events if event.undoes_id]
        reactions.tell([one.pk for one in events if not one.undoes_id], now=timezone.now())
        reactions.withdraw(undos, now=timezone.now())


def told():
    return sorted(Notice.objects.filter(kind="offered").values_list("user", "text"))


def test_each_rep_is_told_once(lead, team, elin, piotr):
    UserFactory(team=team, role=roles.SALES_MANAGER)
    RepFactory(team=team, is_active=False)
    RepFactory()
    react()
    text = "Ivana Petrova handed Anke Brandt off to your team."
    assert told() == sorted([(elin.pk, text), (piotr.pk, text)])
    assert Notice.objects.first().url == f"/inbox/?lead={lead.pk}"


def test_who_reassigned_it_to_the_team_is_not_told(elin, piotr, team):
    lead = story.handed_off(first_name="Anke", last_name="Brandt")
    claire = UserFactory(role=roles.SALES_MANAGER, first_name="Claire", last_name="Dubois")
    perform(lead, "reassign", by=claire, to_team=team, offer_to_team=True)
    react("reassign")
    text = "Claire Dubois reassigned Anke Brandt to your team."
    assert told() == sorted([(elin.pk, text), (piotr.pk, text)])


@pytest.mark.parametrize("at_once", [True, False])
def test_it_goes_when_one_of_them_took_it(lead, elin, at_once):
    """Also when the workers were down, and the offer is told of after it was taken."""
    if not at_once:
        react()
        assert Notice.objects.count() == 2
    perform(lead, "accept", by=elin, discovery_at=timezone.now() + DAY)
    react()
    assert told() == []


def test_what_was_read_stays(lead, elin, piotr):
    react()
    Notice.objects.filter(user=piotr).update(read_at=timezone.now())
    perform(lead, "accept", by=elin, discovery_at=timezone.now() + DAY)
    react()
    assert [user for user, _text in told()] == [piotr.pk]


def test_who_took_it_and_undoes_that_leaves_it_to_the_others_again(lead, elin, piotr):
    react()
    perform(lead, "accept", by=elin, discovery_at=timezone.now() + DAY)
    react("accept")
    assert told() == []
    perform(lead, "undo", by=elin)
    react("undo")
    assert [user for user, _text in told()] == [elin.pk, piotr.pk]


@pytest.mark.parametrize(
    ("name", "said"),
    [("recall", {}), ("reject", {"reason": "low_intent"}), ("reassign", {"to_user": None})],
)
def test_it_goes_however_the_offer_ends(lead, name, said, django_capture_on_commit_callbacks):
    react()
    said = said and {key: value or RepFactory() for key, value in said.items()}
    by = UserFactory(role=roles.MARKETING_MANAGER if name == "recall" else roles.SALES_MANAGER)
    with django_capture_on_commit_callbacks(execute=True):
        perform(lead, name, by=by, **said)
    assert not Notice.objects.filter(event__name="hand_off").exists()


def test_swept_twice_at_the_end_it_is_told_to_the_next_alone(lead, team, elin, piotr):
    react()
    due_at = lead.due_at
    for _ in range(2):
        breaches.sweep(due_at)
    react()
    assert [user for user, _text in told()] == [elin.pk]


def test_many_offers_cost_the_queries_of_one(team, elin, piotr, django_assert_max_num_queries):
    ids = [offered(team).events.get(name="hand_off").pk for _ in range(6)]

    def tell(some):
        with django_assert_max_num_queries(6) as asked:
            reactions.tell(some, now=timezone.now())
        return len(asked)

    assert tell(ids[:1]) == tell(ids[1:])
    assert Notice.objects.count() == 12
