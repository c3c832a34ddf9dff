"""The rules of docs/architecture.md that a machine can check."""

import ast
import re
import statistics
from pathlib import Path

import pytest
from django.conf import settings
from importlinter.cli import lint_imports

from leads.models import Lead

ROOT = settings.BASE_DIR
APPS = ["accounts", "leads", "intake", "scoring", "handoff", "notify", "insights", "leadops"]
CODE = sorted(
    path
    for app in [*APPS, "bench"]
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DUMPING_GROUNDS = {"services.py", "selectors.py", "utils.py", "helpers.py", "common.py"}
MAY_SET_STAGE = {"leads/lifecycle.py", "leads/perform.py"}
TASK_LINES = 10


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def nodes(path: Path, *kinds):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def test_imports_follow_the_layers(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports() == 0


def test_no_file_is_long():
    assert {name(path): lines(path) for path in CODE + TESTS if lines(path) > 300} == {}


def test_most_files_are_short():
    assert statistics.median(n for path in CODE if (n := lines(path)) > 1) <= 80


def test_no_dumping_grounds():
    assert [name(path) for path in CODE if path.name in DUMPING_GROUNDS] == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_modules_say_what_they_are_for(path):
    source = path.read_text()
    doc = ast.get_docstring(ast.parse(source))
    assert not source.strip() or doc, "the module docstring is missing"


@pytest.mark.parametrize("path", [p for p in CODE if name(p) not in MAY_SET_STAGE], ids=name)
def test_a_stage_changes_only_in_the_lifecycle(path):
    for node in nodes(path, ast.Assign, ast.AugAssign, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            assert not (isinstance(target, ast.Attribute) and target.attr == "stage"), node.lineno
    for call in nodes(path, ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "update":
            assert "stage" not in {keyword.arg for keyword in call.keywords}, call.lineno


def test_transitions_have_one_caller():
    transitions = {t.name for t in Lead._meta.get_field("stage").get_all_transitions(Lead)}
    assert transitions
    strays = [
        f"{name(path)}:{call.lineno}"
        for path in CODE
        if name(path) != "leads/perform.py"
        for call in nodes(path, ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in transitions
        and _looks_like_a_lead(call)
    ]
    assert strays == []


def test_activities_come_in_by_one_way():
    """Else they would be scored ten seconds later than others."""
    strays = [
        f"{name(path)}:{call.lineno}"
        for path in CODE
        if name(path) != "leads/activities.py"
        for call in nodes(path, ast.Call)
        if re.match(r"Activity\.objects\.(\w+\()*\w*create", ast.unparse(call.func))
    ]
    assert strays == []


def _looks_like_a_lead(call: ast.Call) -> bool:
    given = {keyword.arg for keyword in call.keywords}
    return "by" in given or ast.unparse(call.func.value).split(".")[-1] in ("lead", "fresh", "row")


def test_tasks_are_doorbells():
    long = [
        f"{name(path)}: {node.name}"
        for path in CODE
        for node in nodes(path, ast.FunctionDef)
        if any("task" in ast.unparse(mark).split("(")[0] for mark in node.decorator_list)
        and _body_lines(node) > TASK_LINES
    ]
    assert long == []


def _body_lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_fit_the_content_security_policy(path):
    source = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\sstyle\s*=", source), "style= is blocked by the CSP"
    assert not re.search(r"<style\b", source), "<style> is blocked by the CSP"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source), "inline handlers are blocked by the CSP"
    assert "hx-on" not in source, "hx-on needs eval, which the CSP blocks"
    assert "javascript:" not in source
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", source, re.DOTALL):
        assert "src=" in attributes or "application/json" in attributes, body[:80]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_ask_no_questions(path):
    """Queries belong to views and QuerySets."""
    assert not re.search(r"\.(all|exists|objects)\b", _tags(path))


def _tags(path: Path) -> str:
    return "\n".join(re.findall(r"{[{%].*?[%}]}", path.read_text()))
