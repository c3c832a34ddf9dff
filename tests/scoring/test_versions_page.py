"""Versions are read by marketing and changed by managers: duplicated, compared, sent as files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from scoring import computing, exporting, firing, importing, versions
from scoring.models import Computation, ScoringModel
from tests import story
from tests.factories import (
    AttributeFactory,
    LeadFactory,
    RepFactory,
    RuleFactory,
    RuleGroupFactory,
    ScoringModelFactory,
    UserFactory,
)
from tests.scoring.reports import ROW, calibrated

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
READ = ["", "try/", "export/", "against/{other}/"]


@pytest.fixture
def model():
    model = ScoringModelFactory(fit_cap=60)
    group = RuleGroupFactory(model=model, name="Reads along", cap=15)
    fade = {"decay": "half_life", "decay_days": 30}
    RuleFactory(model=model, name="Visits", points=-1, cap=5, group=group, **fade)
    RuleFactory(model=model, kind="fit", condition={"field": "lead.email", "op": "not_empty"})
    return model


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(user)
    return user


def at(model, page=""):
    return f"/scoring/models/{model.version}/{page}"


def send(client, content):
    return client.post("/scoring/import/", {"file": SimpleUploadedFile("m.json", content)})


@pytest.mark.parametrize("page", READ)
@pytest.mark.parametrize(
    ("role", "status"),
    [(roles.MARKETER, 200), (roles.SALES_MANAGER, 200), (roles.CUSTOMER_SUCCESS, 403)],
)
def test_marketing_and_managers_read(client, model, page, role, status):
    other = versions.duplicate(model)
    client.force_login(UserFactory(role=role))
    assert client.get(at(model, page.format(other=other.version))).status_code == status
    client.force_login(RepFactory())
    assert client.get(at(model, page.format(other=other.version))).status_code == 403


@pytest.mark.parametrize("role", [roles.MARKETER, roles.CUSTOMER_SUCCESS])
def test_only_managers_make_versions(client, model, role):
    client.force_login(UserFactory(role=role))
    assert client.post(at(model, "duplicate/")).status_code == 403
    assert client.get("/scoring/import/").status_code == 403
    assert send(client, b"{}").status_code == 403
    assert ScoringModel.objects.count() == 1
    page = client.get("/scoring/").content.decode()
    assert "Duplicate" not in page.replace("Duplicates", "")  # a page of that name


def test_rules_caps_fades_and_groups_stand_there(client, model):
    client.force_login(UserFactory())
    page = client.get(at(model)).content.decode()
    for words in [
        "Reads along: together up to 15.00", "halved every 30 days", "−1.00 each", "Draft",
        "A from 40, B from 25, C from 10, else D", "Run a calibration",
    ]:  # fmt: skip
        assert words in page, words


def test_a_calibration_shows_beside_its_rule(client, model):
    rule = model.rules.get(name="Visits")
    calibrated(model, rules=[ROW | {"rule": rule.pk, "condition": rule.condition}])
    client.force_login(UserFactory())
    page = client.get(at(model)).content.decode()
    assert "1.60–2.50" in page
    assert "7.00" in page
    assert "Outcome: won." in page


def test_rules_that_ask_the_same_have_their_own_calibration(client, model):
    """One is permanent and one fades; and a rule that asks something else by now has none."""
    fading = model.rules.get(name="Visits")
    stays = RuleFactory(model=model, name="Visited ever", points=5)
    other = RuleFactory(model=model, name="Webinar", condition={"did": "webinar"})
    said = ((fading, 11), (stays, 22), (other, 33))
    row = ROW | {"condition": fading.condition}
    calibrated(model, rules=[row | {"rule": one.pk, "suggested": n} for one, n in said])
    client.force_login(UserFactory())
    rows = client.get(at(model)).context["rows"]
    found = {one["rule"].name: one["evidence"] and one["evidence"]["suggested"] for one in rows}
    assert found.pop("Visits") == 11
    assert found.pop("Visited ever") == 22
    assert set(found.values()) == {None}


def test_what_rules_found_shows_when_it_is_counted(client, model):
    LeadFactory()
    client.force_login(UserFactory())
    page = client.get(at(model)).content.decode()
    assert "counting…" in page
    assert 'hx-trigger="every 2s"' in page
    client.get(at(model))
    row = Computation.objects.get()  # asked for once
    computing.run(row.pk)
    part = client.get(at(model), headers=HTMX).content.decode()
    assert "<html" not in part
    assert "counting…" not in part
    assert "every 2s" not in part
    assert "Counted" in part


def test_who_waits_for_a_count_that_failed_does_not_ask_again(client, model):
    client.force_login(UserFactory())
    client.get(at(model))
    Computation.objects.update(state="failed")
    assert "every 2s" not in client.get(at(model), headers=HTMX).content.decode()
    assert Computation.objects.count() == 1


def test_a_rule_on_an_archived_field_is_told(client, model):
    sites = AttributeFactory(code="sites", label="Sites", kind="number")
    RuleFactory(model=model, condition={"field": "attr.sites", "op": "gte", "value": 3})
    client.force_login(UserFactory())
    assert "is archived" not in client.get(at(model)).content.decode()
    sites.archived_at = timezone.now()
    sites.save()
    assert "“Sites” is archived" in client.get(at(model)).content.decode()
    computing.run(Computation.objects.get().pk)
    assert Computation.objects.get().state == "done"


def test_a_draft_without_rules_says_what_to_do(client):
    draft = ScoringModelFactory()
    client.force_login(UserFactory())
    assert "This version has no rules yet." in client.get(at(draft)).content.decode()


def test_agreements_say_where_versions_stand(client, manager):
    first = story.agreement_in_force().scoring_model
    assert "In force" in client.get("/scoring/").content.decode()
    second = story.agreement_in_force().scoring_model
    page = client.get("/scoring/").content.decode()
    assert f"model v{second.version}" in page
    assert "Superseded" in page
    assert f"/scoring/models/{second.version}/against/{first.version}/" in page


def test_a_manager_duplicates_a_version(client, manager, model):
    answer = client.post(at(model, "duplicate/"), follow=True)
    draft = ScoringModel.objects.latest("version")
    assert answer.redirect_chain[-1][0] == at(draft)
    assert "is a draft with the same rules" in answer.content.decode()
    assert f"/admin/scoring/scoringmodel/{draft.pk}/change/" in answer.content.decode()
    assert client.get(at(model, "duplicate/")).status_code == 405


def test_the_difference_reads_in_words_and_swaps_its_part(client, model):
    draft = versions.duplicate(model)
    draft.rules.filter(name="Visits").update(points=4)
    RuleFactory(model=draft, name="Webinar", condition={"did": "webinar"})
    client.force_login(UserFactory())
    url = at(draft, f"against/{model.version}/")
    for answer in (client.get(url), client.get(url, headers=HTMX)):
        page = answer.content.decode()
        assert "Rule changed: Visits" in page
        assert "4.00 each" in page
        assert "Rules added" in page
        assert "Rules: 1 added, 0 removed, 1 changed, 1 the same." in page
    assert "<html" not in page
    same = at(draft, f"against/{draft.version}/")
    assert client.get(same).status_code == 404
    assert client.get(at(draft, f"against/{10**12}/")).status_code == 404
    twin = versions.duplicate(draft)
    page = client.get(at(twin, f"against/{draft.version}/")).content.decode()
    assert "Both versions say the same." in page


def test_a_version_goes_out_and_comes_back(client, manager, model):
    answer = client.get(at(model, "export/"))
    assert answer["Content-Disposition"] == f'attachment; filename="b2b-v{model.version}.json"'
    answer = send(client, answer.content)
    draft = ScoringModel.objects.latest("version")
    assert answer.url == at(draft)
    both = [exporting.as_json(versions.of(one.version)) for one in (model, draft)]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "This field is required."),
        (b"", "The submitted file is empty."),
        (b"no", "This is not a JSON file"),
        (b"[]", "[] is not an object"),
        (b"{}", "missing key &#x27;rules&#x27;"),
        (b" " * (importing.MOST_BYTES + 1), "The file is larger than"),
    ],
)
def test_a_wrong_file_is_refused_at_the_field(client, manager, content, words):
    answer = send(client, content) if content is not None else client.post("/scoring/import/")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ScoringModel.objects.exists()


def test_a_wrong_rule_is_named_on_the_page(client, manager, model):
    data = exporting.as_json(versions.of(model.version))
    data["rules"][1]["condition"] = {"did": "magic"}
    page = send(client, json.dumps(data).encode()).content.decode()
    assert "rules › 2 › condition: did: &#x27;magic&#x27; is not a kind of activity" in page


@pytest.mark.parametrize("page", ["", "against/{other}/"])
def test_as_many_queries_for_thirty_rules_as_for_one(client, page):
    few, many = ScoringModelFactory(), ScoringModelFactory()
    for model, number in ((few, 1), (many, 30)):
        for n in range(number):
            group = RuleGroupFactory(model=model)
            RuleFactory(
                model=model, group=group, condition={"field": "attr.x", "op": "empty"}, name=f"{n}"
            )
        firing.ask(model.version, by=None, now=timezone.now())
    client.force_login(UserFactory())
    counts = []
    for model, other in ((few, many), (many, few)):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at(model, page.format(other=other.version))).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
