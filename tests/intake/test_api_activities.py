"""What leads did, as other systems send it: once each, whatever is sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff.models import Handoff
from leads.models import Activity, Lead, StaleLead
from tests import story
from tests.api_client import System
from tests.factories import LeadFactory, RepFactory

pytestmark = pytest.mark.django_db
AT = "2026-03-02T09:00:00+01:00"


@pytest.fixture
def system():
    return System("activities:write", system="hubspot")


def deed(**said):
    return {"lead": {"email": "a@b.example"}, "kind": "page_view", "happened_at": AT} | said


def sent(system, *items, **said):
    answer = system.post("/activities", {"items": list(items), **said})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(system, item, field, **said):
    answer = sent(system, item, **said)["items"][0]
    assert (answer["outcome"], answer["problem"]["field"]) == ("refused", field)
    assert not Activity.objects.exists()
    return answer["problem"]["message"]


def test_a_deed_of_a_known_lead(system):
    lead = LeadFactory(email="A@b.example")
    answer = sent(system, deed(subject="/pricing", properties={"link": "x"}, external_id="v1"))
    made = Activity.objects.get()
    assert answer["items"] == [
        {"id": made.pk, "lead": lead.pk, "outcome": "recorded", "problem": None}
    ]
    assert (made.source, made.external_id, made.properties) == ("hubspot", "v1", {"link": "x"})
    assert made.happened_at.isoformat() == "2026-03-02T08:00:00+00:00"
    assert StaleLead.objects.filter(lead_id=lead.pk).exists()


def test_the_lead_is_found_by_id_and_by_the_id_of_the_system(system):
    lead = LeadFactory()
    lead.external_ids.create(system="hubspot", value="7")
    items = [deed(lead={"id": lead.pk}), deed(lead={"external_id": "7"})]
    assert {one["lead"] for one in sent(system, *items)["items"]} == {lead.pk}


def test_what_was_merged_away_leads_to_who_it_became(system):
    became = LeadFactory()
    gone = LeadFactory(email="a@b.example", merged_into=became)
    items = [deed(), deed(lead={"id": gone.pk})]
    assert {one["lead"] for one in sent(system, *items)["items"]} == {became.pk}


def test_sent_again_it_is_known(system):
    lead = LeadFactory(email="a@b.example")
    first = sent(system, deed(external_id="v1"), deed(external_id="v1"))
    assert [one["outcome"] for one in first["items"]] == ["recorded", "known"]
    again = sent(system, deed(external_id="v1"), deed(external_id="v2"))
    assert [one["outcome"] for one in again["items"]] == ["known", "recorded"]
    assert again["items"][0]["id"] == first["items"][0]["id"] == first["items"][1]["id"]
    assert (again["recorded"], again["known"]) == (1, 1)
    assert lead.activities.count() == 2


def test_two_systems_may_use_the_same_id(system):
    LeadFactory(email="a@b.example")
    for one in (system, System("activities:write", name="Odoo")):
        assert sent(one, deed(external_id="v1"))["recorded"] == 1


def test_strangers_are_refused_or_created(system):
    refused(system, deed(), "lead")
    items = [deed(), deed(lead={"email": "A@B.example"}), deed(lead={"external_id": "9"})]
    assert sent(system, *items, create=True)["recorded"] == 3
    assert sorted(Lead.objects.values_list("email", flat=True)) == ["", "a@b.example"]


@pytest.mark.parametrize(
    ("item", "field", "create"),
    [
        (deed(lead={}), "lead", True),
        (deed(lead={"id": 2**62}), "lead", True),
        (deed(lead={"email": "nonsense"}), "lead.email", True),
        (deed(lead={"email": "known@b.example"}, by="nobody@x.example"), "by", False),
    ],
)
def test_what_is_wrong_with_one_is_told_at_its_field(system, item, field, create):
    LeadFactory(email="known@b.example")
    refused(system, item, field, create=create)
    assert Lead.objects.count() == 1


def test_nothing_happens_in_the_future(system):
    LeadFactory(email="a@b.example")
    later = (timezone.now() + timedelta(days=1)).isoformat()
    refused(system, deed(happened_at=later), "happened_at")


@pytest.mark.parametrize(
    "said",
    [
        {"happened_at": "2026-03-02T09:00:00"},
        {"happened_at": "0001-01-01T00:00:00+14:00"},
        {"happened_at": 1},
        {"kind": "dance"},
        {"properties": {"a": [1]}},
        {"properties": {"a": 10**4000}},
        {"subject": "x" * 201},
        {"lead": {"id": 0}},
    ],
    ids=lambda said: str(said)[:40],
)
def test_what_has_the_wrong_shape_refuses_the_batch(system, said):
    LeadFactory(email="a@b.example")
    answer = system.post("/activities", {"items": [deed(), deed(**said)]})
    assert answer.status_code in (400, 422)
    assert not Activity.objects.exists()


def test_a_call_of_a_colleague_is_the_first_touch(system):
    rep = RepFactory()
    lead = story.handed_off(to=rep)
    now = timezone.now().isoformat()
    sent(system, deed(lead={"id": lead.pk}, kind="call", by=rep.email.upper(), happened_at=now))
    assert Handoff.objects.get(lead=lead).touched_at is not None


def test_a_key_of_a_rep_reaches_what_the_rep_sees():
    rep = RepFactory()
    mine, other = story.handed_off(to=rep), LeadFactory()
    system = System("activities:write", acts_as=rep)
    answer = sent(system, deed(lead={"id": mine.pk}), deed(lead={"id": other.pk}))
    assert [one["outcome"] for one in answer["items"]] == ["recorded", "refused"]


def test_thirty_cost_as_many_queries_as_one(system, django_assert_max_num_queries):
    def deeds(numbers):
        who = [{"email": f"p{i}@b.example", "external_id": f"{i}"} for i in numbers]
        items = [deed(lead=one, external_id=one["external_id"]) for one in who]
        return {"items": items, "create": True}

    system.post("/activities", deeds([0]))
    with django_assert_max_num_queries(60) as for_one:
        system.post("/activities", deeds([1]))
    with django_assert_max_num_queries(len(for_one)):
        system.post("/activities", deeds(range(2, 32)))
    assert Activity.objects.count() == 32
