"""Calibration on its page: from the chosen outcome to the report, and on to a draft."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from scoring.models import Computation, ScoringModel
from tests.factories import (
    AttributeFactory,
    RepFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)
from tests.scoring.outcomes import planted
from tests.scoring.reports import GERMAN, REPORT, ROW, calibrated

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return RuleFactory(kind="fit", condition=GERMAN).model


def url(model):
    return f"/scoring/models/{model.version}/calibration/"


def shown(client, model, role=roles.MARKETER):
    client.force_login(UserFactory(role=role))
    return client.get(url(model)).content.decode()


@pytest.mark.parametrize("role", [roles.REP, roles.CUSTOMER_SUCCESS])
def test_it_is_for_marketing_and_managers(client, model, role):
    row = calibrated(model)
    client.force_login(RepFactory() if role == roles.REP else UserFactory(role=role))
    assert client.get(url(model)).status_code == 403
    assert client.post(url(model), {"outcome": "won"}).status_code == 403
    assert client.post(f"{url(model)}{row.pk}/draft/").status_code == 403


def test_a_marketer_reads_and_does_not_make_drafts(client, model):
    row = calibrated(model)
    assert "Create draft from suggestions" not in shown(client, model)
    assert client.post(f"{url(model)}{row.pk}/draft/").status_code == 403
    assert ScoringModel.objects.count() == 1


def test_before_the_first_one_it_says_what_to_do(client, model):
    page = shown(client, model)
    assert "Not calibrated yet." in page
    assert "Accepted by sales" in page


def test_own_fields_can_be_outcomes(client, model):
    AttributeFactory(
        code="converted", label="Converted", kind="boolean", known_since="after_outcome"
    )
    AttributeFactory(code="old", label="Long gone", kind="boolean", archived_at=timezone.now())
    AttributeFactory(code="trade", label="Trade", kind="text")
    page = shown(client, model)
    assert '<option value="attr.converted">Converted</option>' in page
    assert "Long gone" not in page
    assert "Trade" not in page


@pytest.mark.parametrize("said", [{}, {"outcome": "luck"}, {"outcome": "won", "order_by": "x"}])
def test_what_is_no_outcome_is_told_at_the_field(client, model, said):
    client.force_login(UserFactory())
    answer = client.post(url(model), said)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Computation.objects.exists()


def test_while_it_runs_its_progress_shows(client, model):
    calibrated(model, "running")
    page = shown(client, model)
    assert "<progress" in page
    assert "Cancel" in page
    assert "Calibrate</button>" not in page


def test_who_presses_while_it_runs_watches_the_first(client, model):
    first = calibrated(model, "running")
    client.force_login(UserFactory())
    page = client.post(url(model), {"outcome": "won"}, follow=True).content.decode()
    assert f"/computations/{first.pk}/" in page
    assert "Another calibration is running" not in page
    page = client.post(url(model), {"outcome": "accepted"}, follow=True).content.decode()
    assert "Another calibration is running" in page
    assert list(Computation.objects.all()) == [first]
    Computation.objects.update(state="failed")
    client.post(url(model), {"outcome": "accepted"})
    assert Computation.objects.filter(params__outcome="accepted").count() == 1


def test_the_report_says_what_each_rule_is_worth(client, model):
    calibrated(model)
    page = shown(client, model)
    for words in [
        "Country is DE", "40.0 %", "20.0 %", "1.60–2.50", "4.2 to 9.8", "works", "City is Brno",
        "too few leads to tell", "Industry is Metal", "0.81", "0.75 to 0.87", "AUC of this version",
        "Left out: won not decided", "0 to 4.50", "12.5", 'data-chart="bar"', "charts.js",
    ]:  # fmt: skip
        assert words in page, words
    assert "Nothing is suggested" not in page


def test_too_little_and_leaks_come_first(client, model):
    AttributeFactory(code="tags", label="tags", kind="text")
    leak = {"about": "attr.tags", "auc": 0.9, "filled": 0.5, "used": False, "why": ["it tells all"]}
    few = {"suggests": False, "why_not": "Too little to learn from.", "model": None, "proof": None}
    calibrated(model, columns=[leak], cautions=["Low confidence: few."], **few)
    page = shown(client, model, roles.SALES_MANAGER)
    places = [
        page.index(words)
        for words in (
            "Too little to learn from.", "Low confidence: few.", "<strong>Tags</strong>",
            "left out", "it tells all", "Rules of this version",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "Create draft" not in page
    assert "data-chart" not in page


def test_suggestions_become_a_draft(client, model):
    row = calibrated(model)
    assert "Create draft from suggestions" in shown(client, model, roles.SALES_MANAGER)
    answer = client.post(f"{url(model)}{row.pk}/draft/")
    draft = ScoringModel.objects.latest("version")
    assert answer.url == f"/scoring/models/{draft.version}/"
    assert (draft.name, draft.is_published, draft.fit_a) == ("B2B, calibrated", False, 7)
    assert draft.rules.get().points == 7


def test_a_draft_of_nothing_is_refused_in_words(client, model):
    few = calibrated(model, suggests=False, model=None, why_not="Too little to learn from.")
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    answer = client.post(f"{url(model)}{few.pk}/draft/", follow=True)
    assert "Too little to learn from." in answer.content.decode()
    barred = REPORT["model"] | {"rules": [{"condition": {"field": "attr.gone", "op": "empty"}}]}
    row = calibrated(model, model=barred)
    answer = client.post(f"{url(model)}{row.pk}/draft/", follow=True)
    assert "&#x27;attr.gone&#x27; is not a field" in answer.content.decode()
    for wrong in (calibrated(model, "failed").pk, calibrated(ScoringModelFactory()).pk, 10**12):
        assert client.post(f"{url(model)}{wrong}/draft/").status_code == 404
    assert ScoringModel.objects.count() == 2


def test_from_the_button_to_the_draft(client, model, django_capture_on_commit_callbacks):
    """The real engine, on planted outcomes."""
    planted(400)
    client.force_login(UserFactory(role=roles.MARKETING_MANAGER))
    asked = {"outcome": "attr.converted", "order_by": "attr.number"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url(model), asked).url == url(model)
    row = Computation.objects.get()
    assert (row.state, row.error) == ("done", "")
    assert "Industry is Metal" in client.get(url(model)).content.decode()
    assert client.post(f"{url(model)}{row.pk}/draft/").status_code == 302
    assert ScoringModel.objects.latest("version").rules.exists()


def test_as_many_queries_for_thirty_rules_as_for_one(client, model):
    counts = []
    for number in (1, 30):
        calibrated(model, rules=[ROW] * number)
        client.force_login(UserFactory())
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(model)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9
