"""The consent ledger: what stands, what stood, and the column that repeats it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from leads import consents
from leads.arriving import Person, arrive
from leads.capture import capture
from leads.conditions import to_q
from leads.models import Consent, FieldChange, Lead, StaleLead
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EMAIL, PHONE, TRACKING = consents.Purpose


def entry(lead, purpose=EMAIL, given=True, days=0, **more):
    return Consent(
        lead=lead, purpose=purpose, given=given, happened_at=NOW - timedelta(days=days), **more
    )


def said(lead):
    return Lead.objects.get(pk=lead.pk).consent_basis


def holds(purpose, value, **when):
    condition = {"field": f"consent.{purpose}", "op": "is", "value": value}
    return set(Lead.objects.filter(to_q(condition, **when)).values_list("pk", flat=True))


def test_the_newest_by_when_it_happened_stands():
    lead = LeadFactory()
    consents.record([entry(lead, given=False, days=1)], now=NOW)
    consents.record([entry(lead, days=9)], now=NOW)  # a sheet from the fair, found later
    standing = consents.standing(lead.pk)
    assert (list(standing), standing[EMAIL].given) == ([EMAIL], False)
    assert said(lead) == ""


def test_as_of_a_moment():
    lead = LeadFactory()
    consents.record([entry(lead, days=9)], now=NOW - timedelta(days=8))
    consents.record([entry(lead, given=False, days=5)], now=NOW)
    assert consents.standing(lead.pk, as_of=NOW - timedelta(days=10)) == {}
    assert consents.standing(lead.pk, as_of=NOW - timedelta(days=4))[EMAIL].given  # not yet known
    assert not consents.standing(lead.pk, as_of=NOW)[EMAIL].given


def test_conditions_read_the_ledger_also_as_of_a_moment():
    yes, no, nobody = LeadFactory.create_batch(3)
    consents.record([entry(yes, days=9), entry(no, days=9)], now=NOW - timedelta(days=8))
    consents.record([entry(no, given=False, days=5)], now=NOW)
    consents.record([entry(no, days=7)], now=NOW)  # older than the withdrawal
    assert holds("marketing_email", True, now=NOW) == {yes.pk}
    assert holds("marketing_email", False, now=NOW) == {no.pk}
    assert holds("marketing_email", True, as_of=NOW - timedelta(days=1)) == {yes.pk, no.pk}
    assert holds("phone", True, now=NOW) == set()
    assert nobody.pk not in holds("marketing_email", False, now=NOW)


@pytest.mark.parametrize(
    ("entries", "short"),
    [
        ([(EMAIL, True, 3, {"text_version": "newsletter 3"})], "Consent, newsletter 3"),
        ([(PHONE, True, 3, {"basis": "contract"})], "Contract"),
        ([(TRACKING, True, 3, {})], ""),
        ([(EMAIL, True, 3, {}), (EMAIL, False, 2, {})], ""),
        ([(EMAIL, False, 2, {}), (PHONE, True, 9, {"basis": "contract"})], "Contract"),
        ([(EMAIL, True, 3, {}), (PHONE, True, 9, {"basis": "contract"})], "Consent"),
        ([(EMAIL, True, 3, {"proof": {"said": "Fair 2026"}})], "Fair 2026"),
    ],
)
def test_the_column_is_the_short_form(entries, short):
    lead = LeadFactory()
    consents.record([entry(lead, *one[:3], **one[3]) for one in entries], now=NOW)
    assert said(lead) == short
    assert consents.differing() == []


def test_unsubscribed_is_not_silence():
    lead = LeadFactory()
    consents.record([entry(lead), entry(lead, given=False)], now=NOW)
    assert not Lead.objects.get().do_not_contact
    assert not lead.consents.last().given


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Fair 2026", "consent"),
        ("performance of a contract", "contract"),
        ("Legitimate Interest", "legitimate_interest"),
    ],
)
def test_the_ledger_follows_the_column(text, basis):
    lead = LeadFactory(consent_basis=text)
    user = UserFactory()
    other = LeadFactory()
    assert consents.follow([lead.pk, other.pk], source="import 7", now=NOW, by=user) == 1
    row = Consent.objects.get()
    assert (row.lead, row.purpose, row.given, row.basis) == (lead, EMAIL, True, basis)
    assert (row.proof, row.source, row.by) == ({"said": text}, "import 7", user)
    assert consents.follow([lead.pk], source="import 7", now=NOW) == 0


def test_an_emptied_column_withdraws_what_stood():
    lead = LeadFactory()
    consents.record([entry(lead, days=2), entry(lead, PHONE, days=2)], now=NOW)
    Lead.objects.update(consent_basis="")
    assert consents.follow([lead.pk], source="page", now=NOW) == 2
    assert not any(one.given for one in consents.standing(lead.pk).values())
    assert consents.differing() == []


def test_every_door_writes_the_ledger():
    born = capture(now=NOW, email="a@x.example", consent_basis="Fair")
    people = [
        Person(email="b@x.example", fields={"consent_basis": "Form v3"}),
        Person(email="a@x.example", fields={"consent_basis": "Form v3"}),
    ]
    arrive(people, now=NOW, source="form demo", overwrite=True)
    assert consents.differing() == []
    texts = [one.proof["said"] for one in born.consents.order_by("pk")]
    assert texts == ["Fair", "Form v3"]
    assert Consent.objects.filter(source="form demo").count() == 2


def test_a_change_is_known_to_history_and_judged_anew():
    lead = LeadFactory()
    StaleLead.objects.all().delete()
    consents.record([entry(lead)], now=NOW)
    assert FieldChange.objects.get(subject="lead", field="consent_basis").new == "Consent"
    assert StaleLead.objects.filter(lead_id=lead.pk).exists()


def test_entries_are_never_changed():
    lead = LeadFactory()
    consents.record([entry(lead)], now=NOW)
    for change in (Consent.objects.all().delete, lambda: Consent.objects.update(given=False)):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()
