"""Views of the list of leads: looked through once, saved for oneself, shared."""

import json
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import roles
from leads.models import Campaign, SavedView
from tests.browser_forms import inputs
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, FORM = "/leads/", "/leads/view/"
HTMX = {"HX-Request": "true"}
GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}
AUSTRIAN = GERMAN | {"value": "AT"}


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana")
    client.force_login(marketer)
    return marketer


def where(condition, **more):
    said = condition if isinstance(condition, str) else json.dumps(condition)
    return f"{LIST}?{urlencode({'where': said, **more})}"


def a_view(owner, name="Germans", **fields):
    return SavedView.objects.create(owner=owner, name=name, **{"condition": GERMAN} | fields)


def rows(answer):
    return set(answer.context["page"].rows)


def posted(client, url, go, **said):
    """What a browser sends from the form at this address, with other values."""
    shown = inputs(client.get(url).content.decode())
    return client.post(url, {**shown, "is_shared": "", **said, "go": go})


def typed(condition):
    return {"where.0-0.subject": "lead.country", "where.0-0.op": "is",
            "where.0-0.value": condition["value"]}  # fmt: skip


def test_looking_through_a_condition_puts_it_into_the_address(client, ivana):
    german = LeadFactory(country="DE", source="Fair")
    LeadFactory(country="DE"), LeadFactory(country="AT", source="Fair")
    answer = posted(client, f"{FORM}?source=Fair", "show", **typed(GERMAN))
    assert answer.status_code == 302
    assert rows(client.get(answer.url)) == {german}
    shown = inputs(client.get(answer.url.replace(LIST, FORM)).content.decode())
    assert (shown["where.0-0.subject"], shown["where.0-0.value"]) == ("lead.country", "DE")
    nothing = dict.fromkeys(typed(GERMAN), "")
    answer = posted(client, answer.url.replace(LIST, FORM), "show", **nothing)
    assert answer.url == f"{LIST}?source=Fair"


def test_a_wrong_row_is_told_at_its_place_also_in_the_dialog(client, ivana):
    wrong = {"where.0-0.subject": "company.employees", "where.0-0.op": "gte",
             "where.0-0.value": "many", "where.0.match": "all", "go": "show"}  # fmt: skip
    for headers in ({}, HTMX):
        answer = client.post(FORM, wrong, headers=headers)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "&#x27;many&#x27; is not a number" in html
        assert ("<html" in html) == (headers == {})


def test_the_form_counts_the_leads_that_match(client, ivana):
    LeadFactory(country="DE")
    html = client.get(where(GERMAN).replace(LIST, FORM)).content.decode()
    assert "1 lead matches." in html
    assert 'name="where.counts"' in html


def test_a_condition_too_long_for_an_address_is_saved_as_a_view(client, ivana):
    german = LeadFactory(country="DE")
    countries = "\n".join(["DE", *(f"country {n}" for n in range(300))])
    many = {"where.0-0.op": "in", "where.0-0.value": countries}
    said = {"where.0.match": "all", **typed(GERMAN), **many}
    answer = client.post(FORM, said | {"go": "show"})
    assert answer.status_code == 422
    assert "Too long for an address. Save it as a view." in answer.content.decode()
    answer = client.post(FORM, said | {"go": "new", "name": "Many"})
    assert rows(client.get(answer.url)) == {german}


def test_a_view_keeps_filters_and_condition_and_stands_as_a_tab(client, ivana):
    answer = posted(client, f"{FORM}?source=Fair&sort=-created_at", "new", name=" Fair Germans ",
                    **typed(GERMAN))  # fmt: skip
    view = SavedView.objects.get()
    assert (view.name, view.owner, view.is_shared) == ("Fair Germans", ivana, False)
    assert view.condition == GERMAN
    assert view.query == {"source": "Fair", "sort": "-created_at"}
    assert answer.url == f"{LIST}?view={view.pk}&source=Fair&sort=-created_at"
    german = LeadFactory(country="DE", source="Fair")
    LeadFactory(country="AT", source="Fair"), LeadFactory(country="DE")
    page = client.get(answer.url)
    assert rows(page) == {german}
    assert [(one.name, active) for _, one, active in page.context["views"]] == [
        ("Fair Germans", True)
    ]
    assert not any(active for _, _, active in page.context["tabs"])
    assert "View “Fair Germans” saved." in page.content.decode()


def test_a_view_without_a_condition_is_only_filters(client, ivana):
    answer = posted(client, f"{FORM}?stage=mql", "new", name="MQLs")
    assert SavedView.objects.get().condition is None
    assert client.get(answer.url).status_code == 200


def test_a_changed_view_keeps_its_tab_until_it_is_saved(client, ivana):
    view = a_view(ivana)
    austrian = LeadFactory(country="AT")
    answer = posted(client, f"{FORM}?view={view.pk}", "show", **typed(AUSTRIAN))
    assert rows(client.get(answer.url)) == {austrian}
    assert f"view={view.pk}" in answer.url
    answer = posted(client, answer.url.replace(LIST, FORM), "save", name="Austrians")
    assert answer.url == f"{LIST}?view={view.pk}"
    view.refresh_from_db()
    assert (view.name, view.condition) == ("Austrians", AUSTRIAN)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("", "A view needs a name."), ("germans", "There is a view of this name already."),
     ("x" * 61, "at most 60 characters")],
)  # fmt: skip
def test_names_are_checked(client, ivana, name, problem):
    a_view(ivana), a_view(UserFactory(), name="Others'")
    answer = posted(client, FORM, "new", name=name)
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert posted(client, FORM, "new", name="Others'").status_code == 302


def test_a_view_saved_twice_at_once_is_told(client, ivana, monkeypatch):
    monkeypatch.setattr("leads.saving.ViewForm.fits", lambda form, go: a_view(ivana))
    answer = posted(client, FORM, "new", name="Germans")
    assert "There is a view of this name already." in client.get(answer.url).content.decode()


def test_nobody_has_more_views_than_anybody_finds(client, ivana, monkeypatch):
    monkeypatch.setattr(SavedView, "MOST", 1)
    view = a_view(ivana)
    answer = posted(client, FORM, "new", name="One more")
    assert "You have 1 views. Delete one first." in answer.content.decode()
    answer = posted(client, f"{FORM}?view={view.pk}", "save", name="Renamed")
    assert answer.status_code == 302


def test_shared_views_are_seen_by_all_and_changed_by_their_owner_and_managers(client, ivana):
    shared = a_view(UserFactory(), is_shared=True)
    private = a_view(UserFactory(), name="Private")
    assert [one for _, one, _ in client.get(LIST).context["views"]] == [shared]
    page = client.get(f"{FORM}?view={shared.pk}").content.decode()
    assert "Save the view" not in page
    assert "Save as a new view" in page
    for go in ("save", "delete"):
        assert posted(client, f"{FORM}?view={shared.pk}", go, name="Mine").status_code == 403
    assert client.get(f"{LIST}?view={private.pk}").status_code == 422
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    assert posted(client, f"{FORM}?view={shared.pk}", "save", name="Ours", is_shared="on").url
    assert client.get(f"{LIST}?view={private.pk}").status_code == 422
    assert posted(client, f"{FORM}?view={shared.pk}", "delete").url == LIST
    assert not SavedView.objects.filter(pk=shared.pk).exists()


def test_a_view_that_is_gone_is_told(client, ivana):
    for view in ("9", "x", "9" * 5000, "-1"):
        answer = client.get(f"{LIST}?view={view}")
        assert answer.status_code == 422
    assert "no such view" in client.get(f"{LIST}?view=9").content.decode()
    assert client.get(f"{FORM}?view=9").url == f"{LIST}?view=9"


def test_a_view_outlives_the_archiving_of_its_attribute(client, ivana):
    tier = AttributeFactory(code="tier", label="Tier")
    lead = LeadFactory(values={"tier": "gold"})
    view = a_view(ivana, condition={"field": "attr.tier", "op": "is", "value": "gold"})
    tier.archived_at = "2026-01-01T00:00Z"
    tier.save()
    answer = client.get(f"{LIST}?view={view.pk}")
    assert rows(answer) == {lead}
    assert "Tier (archived) is gold" in answer.content.decode()


def test_the_database_holds_one_view_of_a_name():
    owner = UserFactory()
    a_view(owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_view(owner, name="GERMANS")


def test_with_htmx_the_dialog_leads_to_the_list(client, ivana):
    form = client.get(FORM, headers=HTMX).content.decode()
    assert form.strip().startswith('<div class="view-form"')
    answer = client.post(FORM, {"go": "new", "name": "All", "where.0.match": "all"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"{LIST}?view={SavedView.objects.get().pk}"


def test_one_lead_and_thirty_cost_the_same_queries(client, ivana):
    fair = Campaign.objects.create(name="Fair")
    AttributeFactory(code="tier")
    lead = LeadFactory(company=CompanyFactory(), campaign=fair, values={"tier": "gold"})
    gold = {"field": "attr.tier", "op": "is", "value": "gold"}
    view = a_view(ivana, condition={"all": [gold, {"any": [gold, GERMAN]}]})

    def queries():
        client.get(view.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            assert lead in rows(client.get(view.get_absolute_url()))
        # Inside of a test a transaction is a savepoint.
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    one = queries()
    assert one <= 8
    for number in range(29):
        LeadFactory(company=CompanyFactory(), values={"tier": "gold"})
        a_view(ivana, name=f"View {number}")
    assert queries() == one
