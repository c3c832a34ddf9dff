"""Likely duplicates are found by the keys that they share, rated by their signs, and kept fresh."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from leads.duplicates import keys, pairs, searching
from leads.duplicates.likeness import LISTED, Facts, likeness
from leads.models import DuplicateKey, DuplicatePair, DuplicateSearch, Lead
from tests.factories import CompanyFactory, LeadFactory, UserFactory

NOW = timezone.now()


def person(**said):
    known = {"email": "", "first_name": "", "last_name": "", "phone": "", "city": "",
             "company": None, "company_id": None}  # fmt: skip
    if company := said.pop("company", ""):
        known |= {"company": SimpleNamespace(name=company), "company_id": hash(company) % 99}
    return Facts.of(SimpleNamespace(**known | said))


ANKE = {"first_name": "Anke", "last_name": "Brandt"}
MULLER = {"first_name": "Jörg", "last_name": "Müller"}
PHONE = "+49 561 555 01"


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        (ANKE | {"phone": PHONE}, ANKE | {"phone": "0049 561 55501"}, ["phone", "name"]),
        (ANKE | {"phone": PHONE}, {"phone": PHONE}, ["phone"]),
        (ANKE | {"company": "Halden"}, ANKE | {"company": "Halden"}, ["name", "company"]),
        (MULLER | {"city": "Köln"}, {"first_name": "jorg", "last_name": "MULLER", "city": "koln"},
         ["name", "city"]),
        ({"email": "a.brandt@halden.de"}, {"email": "abrandt+x@halden.com"}, ["mailbox"]),
        ({"email": "anke.brandt@gmail.com"}, {"email": "anke.brandt@gmial.com"}, ["mailbox"]),
        ({"first_name": "Brandt", "last_name": "Anke", "city": "Kassel"}, ANKE | {"city": "Kassel"},
         ["name", "city"]),
        (ANKE | {"company": "Halden"}, ANKE | {"first_name": "A.", "company": "Halden"},
         ["initial", "company"]),
    ],
)  # fmt: skip
def test_signs_of_one_person(one, other, signs):
    percent, found = likeness(person(**one), person(**other))
    assert found == signs
    assert percent >= LISTED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ANKE, ANKE),  # nothing but a name
        (ANKE | {"phone": PHONE, "company": "Halden"},
         MULLER | {"phone": PHONE, "company": "Halden"}),
        (ANKE | {"phone": PHONE}, {"first_name": "Bernd", "last_name": "Brandt", "phone": PHONE}),
        (ANKE | {"email": "a@gmail.com"}, ANKE | {"email": "b@gmail.com"}),
        (ANKE | {"company": "Halden"}, MULLER | {"company": "Halden"}),
        ({"email": "info@halden.de"}, {"email": "info@halden.com"}),
        ({"first_name": "Mia", "last_name": "Petvin", "phone": PHONE},
         {"first_name": "Mila", "last_name": "Vinbim", "phone": PHONE}),
        ({}, {}),
    ],
)  # fmt: skip
def test_colleagues_families_and_namesakes_are_not_listed(one, other):
    assert likeness(person(**one), person(**other))[0] < LISTED


def lead(**said):
    return LeadFactory(**{"phone": "", "company": None, "city": ""} | said)


def found():
    return set(DuplicatePair.objects.filter(state="open").values_list("one", "other"))


@pytest.mark.django_db
def test_all_pairs_are_found_once():
    acme = CompanyFactory()
    one = lead(**ANKE, phone=PHONE, email="anke@one.example")
    two = lead(**ANKE, phone=PHONE, company=acme, email="anke@gmail.com")
    three = lead(**ANKE, company=acme, email="ab@gmail.com")
    lead(**MULLER, company=acme)
    assert searching.search_all(NOW) == 4
    assert found() == {(one.pk, two.pk), (two.pk, three.pk)}
    row = DuplicateSearch.objects.get()
    assert (row.total, row.done, row.all_at) == (0, 4, NOW)
    first = set(DuplicatePair.objects.values_list("pk", "likeness"))
    searching.search_all(NOW)
    assert set(DuplicatePair.objects.values_list("pk", "likeness")) == first


@pytest.mark.django_db
def test_by_batches_the_same_is_found(monkeypatch):
    for n in range(7):
        lead(**ANKE, phone=PHONE, email=f"{'abcdefg'[n]}@{n}.example")
    searching.search_all(NOW)
    at_once = found()
    assert len(at_once) == 21
    DuplicatePair.objects.all().delete(), DuplicateKey.objects.all().delete()
    monkeypatch.setattr(searching, "BATCH", 2)
    searching.search_all(NOW)
    assert found() == at_once


@pytest.mark.django_db
def test_who_comes_or_changes_is_looked_at_soon():
    one = lead(**ANKE, phone=PHONE)
    searching.catch_up(NOW)  # the first look is at all
    assert searching.catch_up(NOW) == 0
    two = lead(**ANKE, phone="+49 40 1", email="x@y.example")
    assert searching.catch_up(NOW) == 1
    assert found() == set()
    two.phone = PHONE
    two.save(update_fields=["phone"])
    assert searching.catch_up(NOW) == 1
    assert found() == {(one.pk, two.pk)}
    Lead.objects.filter(pk=one.pk).update(last_name="Petersen", first_name="Uwe")
    assert searching.catch_up(NOW) == 1
    assert found() == set()


@pytest.mark.django_db
def test_what_people_decided_or_said_stays():
    one, two, three = (lead(**ANKE, phone=PHONE, email=f"{n}@{n}.example") for n in "abc")
    far = lead(**MULLER)
    searching.search_all(NOW)
    pairs.dismiss(DuplicatePair.objects.get(one=one, other=two).pk, by=UserFactory(), now=NOW)
    pairs.name(far.pk, three.pk, now=NOW)
    for look in (searching.search_all, searching.catch_up):
        look(NOW)
        assert found() == {(one.pk, three.pk), (two.pk, three.pk), (three.pk, far.pk)}
    pairs.name(two.pk, one.pk, now=NOW)  # somebody says so after all
    assert (one.pk, two.pk) in found()


@pytest.mark.django_db
def test_a_large_block_is_cut_and_told(monkeypatch):
    monkeypatch.setattr(keys, "MOST", 3)
    for n in range(6):
        lead(**ANKE, phone=PHONE, email=f"{'abcdef'[n]}@{n}.example")
    searching.search_all(NOW)
    assert len(found()) == 0 + 1 + 2 + 3 + 3 + 3
    first = Lead.objects.order_by("pk")[0]
    cut = DuplicateSearch.objects.get().cut
    assert cut == {"blocks": 1, "largest": [["same phone", 6, first.pk]]}


@pytest.mark.django_db
def test_merged_leads_are_left_out():
    one = lead(**ANKE, phone=PHONE)
    lead(**ANKE, phone=PHONE, email="", merged_into=one)
    searching.search_all(NOW)
    assert found() == set()
    assert not DuplicateKey.objects.exclude(lead=one).exists()
