"""Managers edit models as rows; published versions stand."""

import pytest
import zeal
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import roles
from handoff import starters
from scoring import versions
from scoring.models import Rule, ScoringModel
from tests import browser_forms
from tests.factories import (
    AttributeFactory,
    RuleFactory,
    RuleGroupFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/scoring/scoringmodel/add/"
MODEL = {
    "name": "B2B",
    "fit_cap": "60",
    "engagement_cap": "",
    "fit_a": "38",
    "fit_b": "28",
    "fit_c": "15",
    "engagement_1": "30",
    "engagement_2": "18",
    "engagement_3": "8",
}
INDUSTRY = {"subject": "company.industry", "op": "in", "value": "Manufacturing\nFood"}
PRICING = {"subject": "did", "kind": "page_view", "w0.op": "text:contains", "w0.value": "/pricing",
           "days": "30"}  # fmt: skip


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _as_the_admin_asks():
    """Django's admin reads each row of an inline by a query of its own when it is posted."""
    with zeal.zeal_ignore([{"model": "scoring.Rule", "field": "get()"}]):
        yield


def posted(*rules, initial=0, **changes):
    data = MODEL | {"rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": initial}
    data |= {"groups-TOTAL_FORMS": 0, "groups-INITIAL_FORMS": 0} | changes
    for number, (rule, rows) in enumerate(rules):
        whole = {"kind": "engagement", "points": "5", "order": number, "decay": "none"}
        whole["condition.0.match"] = "all"
        data |= {f"rules-{number}-{name}": value for name, value in (whole | rule).items()}
        for at, row in enumerate(rows):
            data |= {f"rules-{number}-condition.0-{at}.{key}": row[key] for key in row}
    return data


def page_of(model):
    return reverse("admin:scoring_scoringmodel_change", args=[model.pk])


def test_a_manager_makes_a_model_of_rows_and_reads_it_back(client, manager):
    ScoringModelFactory(version=6)
    fit = ({"kind": "fit", "points": "16", "name": "Industry"}, [INDUSTRY])
    answer = client.post(ADD, posted(fit, ({"points": "8", "cap": "16"}, [PRICING])))
    assert answer.status_code == 302
    model = ScoringModel.objects.get(version=7)
    assert not model.is_published
    said = {"property": "subject", "op": "contains", "value": "/pricing"}
    assert [(rule.points, rule.cap, rule.condition) for rule in model.rules.all()] == [
        (16, None, {"field": "company.industry", "op": "in", "value": ["Manufacturing", "Food"]}),
        (8, 16, {"did": "page_view", "where": [said], "days": 30}),
    ]
    page = client.get(page_of(model)).content.decode()
    assert "Manufacturing\nFood</textarea>" in page
    assert '<option value="page_view" selected>' in page
    assert "&quot;field&quot;" not in page


def test_the_admin_leads_to_the_page_of_the_version(client, manager):
    model = ScoringModelFactory()
    page = client.get(page_of(model)).content.decode()
    assert reverse("scoring:model", args=[model.version]) in page


def test_a_wrong_row_is_named_at_its_place_and_nothing_is_saved(client, manager):
    wrong = {"subject": "company.employees", "op": "gte", "value": "many"}
    answer = client.post(ADD, posted(({}, [PRICING]), ({}, [PRICING, wrong])))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert (
        "&#x27;many&#x27; is not a number" in page.split('id="id_rules-1-condition.0-1.value"')[1]
    )
    assert "Not right yet: row 2." in page
    assert not ScoringModel.objects.exists()


def test_cut_offs_must_descend(client, manager):
    answer = client.post(ADD, posted(fit_b="50"))
    assert b"The points of a better band cannot be lower" in answer.content


def test_a_rule_without_a_condition_is_refused(client, manager):
    answer = client.post(ADD, posted(({"points": "7"}, [])))
    assert b"Fill in at least one row." in answer.content


def test_points_that_fade_and_groups_are_rows_too(client, manager):
    model = ScoringModelFactory()
    group = RuleGroupFactory(model=model, kind="engagement", name="Mails", cap=12)
    mails = {"decay": "half_life", "decay_days": "30", "group": group.pk}
    row = {"subject": "did", "kind": "email_click"}
    answer = client.post(page_of(model), posted((mails | {"model": model.pk}, [row])))
    assert answer.status_code == 302
    rule = model.rules.get()
    assert (rule.decay, rule.decay_days, rule.group) == ("half_life", 30, group)


@pytest.mark.parametrize(
    ("wrong", "rows", "words"),
    [
        ({"decay": "step"}, [PRICING], "needs a number of days"),
        ({"decay_days": "7"}, [PRICING], "needs a number of days"),
        ({"decay": "step", "decay_days": "7"}, [INDUSTRY], "Only points for activities can fade"),
        ({"group": "of another kind"}, [PRICING], "The group is of another kind"),
        ({"group": "of another model"}, [PRICING], "not one of the available choices"),
    ],
)
def test_what_cannot_fade_or_be_grouped_is_told(client, manager, wrong, rows, words):
    model = ScoringModelFactory()
    groups = {
        "of another kind": RuleGroupFactory(model=model, kind="fit", cap=5),
        "of another model": RuleGroupFactory(kind="engagement", cap=5),
    }
    if "group" in wrong:
        wrong = {"group": groups[wrong["group"]].pk}
    answer = client.post(page_of(model), posted((wrong | {"model": model.pk}, rows)))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not model.rules.exists()


def test_a_nested_condition_survives_an_edit(client, manager):
    nested = {"all": [{"any": [{"did": "form"}, {"did": "event"}]}, {"did": "webinar"}]}
    rule = RuleFactory(condition=nested)
    shown = browser_forms.posted(client.get(page_of(rule.model)), **{"rules-0-points": "9"})
    answer = client.post(page_of(rule.model), shown)
    assert answer.status_code == 302
    rule.refresh_from_db()
    assert (rule.points, rule.condition) == (9, nested)


def test_a_button_of_the_builder_changes_the_page_and_saves_nothing(client, manager):
    """As it works without JavaScript."""
    rule = RuleFactory()
    shown = browser_forms.posted(client.get(page_of(rule.model)), **{"rules-0-points": "9"})
    answer = client.post(page_of(rule.model), shown | {"rules-0-condition.do": "row 0"})
    page = answer.content.decode()
    assert "Not saved yet: the condition was changed." in page
    assert 'id="id_rules-0-condition.0-1.subject"' in page
    rule.refresh_from_db()
    assert rule.points == 5


def test_a_published_model_is_shown_in_words_and_not_changed(client, manager):
    AttributeFactory(code="sites", label="Sites", kind="number")
    rule = RuleFactory(condition={"field": "attr.sites", "op": "gte", "value": 3}, name="Large")
    model = rule.model
    ScoringModel.objects.filter(pk=model.pk).update(published_at=timezone.now())
    page = client.get(page_of(model)).content.decode()
    assert "Sites is at least 3" in page
    assert "condition-row" not in page
    assert '"field"' not in page
    assert "attr.sites" not in page
    change = {"id": rule.pk, "model": model.pk, "points": "9"}
    answer = client.post(page_of(model), posted((change, [PRICING]), initial=1))
    assert answer.status_code == 403
    assert Rule.objects.get().points == 5
    delete = {"action": "delete_selected", "post": "yes", "_selected_action": model.pk}
    client.post("/admin/scoring/scoringmodel/", delete)
    assert ScoringModel.objects.filter(pk=model.pk).exists()


def test_the_database_refuses_to_change_what_is_published():
    rule = RuleFactory()
    model = rule.model
    ScoringModel.objects.filter(pk=model.pk).update(published_at=timezone.now())
    for change in (
        lambda: ScoringModel.objects.update(fit_a=99),
        lambda: ScoringModel.objects.all().delete(),
        lambda: Rule.objects.update(points=99),
        lambda: Rule.objects.all().delete(),
        lambda: RuleFactory(model=model),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_published_model_is_duplicated_as_a_draft(client, manager):
    rule = RuleFactory(model__fit_cap=33, cap=12, name="Visits")
    ScoringModel.objects.update(published_at=timezone.now())
    action = {"action": "duplicate_as_draft", "_selected_action": rule.model_id}
    answer = client.post("/admin/scoring/scoringmodel/", action, follow=True)
    draft = ScoringModel.objects.get(published_at=None)
    assert f"New draft: {draft}." in answer.content.decode()
    assert (draft.version, draft.fit_cap) == (rule.model.version + 1, 33)
    copy = draft.rules.get()
    assert (copy.name, copy.cap, copy.condition) == ("Visits", 12, rule.condition)
    assert rule.model.rules.get() == rule


def test_reps_and_marketers_do_not_edit_models(client):
    for role in (roles.MARKETER, roles.REP):
        client.force_login(UserFactory(role=role, is_staff=True))
        assert client.get(ADD).status_code == 403


def test_every_rule_of_the_starters_stands_in_rows(client, manager):
    for name in starters.NAMES:
        model = starters.load(name).scoring_model
        page = client.get(page_of(model)).content.decode()
        assert "condition-error" not in page
        assert versions.rulebook(model).rules


_names = [*MODEL, "rules-TOTAL_FORMS", "rules-INITIAL_FORMS", "rules-0-id", "rules-0-points",
          "rules-0-cap", "rules-0-kind", "rules-0-order", "rules-0-name", "rules-0-condition.do",
          "rules-0-condition.0.match", "rules-0-condition.0-0.subject",
          "rules-0-condition.0-0.days", "rules-0-condition.0-1-0.match"]  # fmt: skip
_garbage = st.one_of(
    st.text(max_size=10), st.sampled_from(["-1", "1e400", "9" * 30, "NaN", "\0", "[]", "1.005"])
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.dictionaries(st.sampled_from(_names), _garbage, max_size=6))
def test_garbage_gets_an_answer(client, manager, garbage):
    answer = client.post(ADD, posted(({}, [PRICING])) | garbage)
    assert answer.status_code in (200, 302, 400)


def test_a_model_has_no_cap_below_zero(client, manager):
    model = ScoringModelFactory()
    answer = client.post(page_of(model), posted(fit_cap="-5"))
    assert answer.status_code == 200
    assert "A cap cannot be below zero." in answer.content.decode()
