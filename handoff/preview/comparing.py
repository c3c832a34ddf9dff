"""Two definitions, that of now and a draft, judged by one statement as of any moment.

It is the statement of scores (scoring/statement.py) twice over one pass through the history: what
both ask is counted once, and what paths and vetoes ask is counted with the rules.
"""

import json
from functools import cached_property

from django.db import connection

from handoff.qualifying import BAND
from leads.conditions.vocabulary import GROUPS, verb
from leads.models import Attribute
from scoring.adding import graded
from scoring.counting import matches
from scoring.models import Rule
from scoring.prepared import prepare
from scoring.versions import Rulebook

SIDES = ("now", "draft")
_SUPPRESSED = {"field": "lead.do_not_contact", "op": "is", "value": True}


class Comparison:
    """`now` and `draft`: Definitions. Rows are dicts with lead_id, and for each side its score,
    fit, engagement and grade, path ("" when none holds) and veto ("")."""

    def __init__(self, now, draft):
        self.definitions = {"now": now, "draft": draft}
        self._asked: dict[str, int] = {}  # what is counted: index of its column
        self._rules: list[Rule] = []
        self._of_rules = {
            side: [self._index(rule) for rule in one.rulebook.rules]
            for side, one in self.definitions.items()
        }
        self._verdicts = {side: self._verdict(side, one) for side, one in self.definitions.items()}
        self._joint = Rulebook(now.rulebook.model, self._rules, [], list(Attribute.objects.all()))

    def at(self, moment, lead_ids):
        """A row for each of these leads as of that moment."""
        return _rows(*self._prepared.fill(lead_ids, moment))

    def at_opening(self, cycle_ids):
        """A row for each of these cycles, as of the moment that it was opened; with `cycle_id`."""
        sql, params = self._prepared.over("cycle.lead_id", "cycle.opened_at")
        sql = f"""
            SELECT cycle.id AS cycle_id, verdict.*
            FROM leads_cycle AS cycle CROSS JOIN LATERAL ({sql}) AS verdict
            WHERE cycle.id = ANY(%s)
        """  # noqa: S608  (generated from our own names; every value is a parameter)
        return _rows(sql, [*params, list(cycle_ids)])

    @cached_property
    def _prepared(self):
        prepared = prepare(self._statement)
        if prepared is None:
            raise ValueError("A condition reads the moment in a way that is not known here.")
        return prepared

    def _statement(self, lead_ids, moment):
        ctes, found, params = matches(self._joint, lead_ids, now=moment, as_of=moment)
        ctes = f"{ctes}, found AS MATERIALIZED ({found})"
        columns, asked = [], []
        for side, one in self.definitions.items():
            indexes = enumerate(self._of_rules[side])
            own = "".join(self._renamed(i, k, one.rulebook.rules[i]) for i, k in indexes)
            own = f"SELECT lead_id{own} FROM found"  # noqa: S608
            sql, more = graded(one.rulebook, own)
            ctes += f", {side} AS ({sql})"
            params = [*params, *more]
            columns += [f"{side}.{name} AS {side}_{name}" for name in _SCORED]
            verdict, more = self._verdicts[side]
            columns.append(verdict)
            asked += more
        sql = f"""
            WITH {ctes} SELECT lead_id, {", ".join(columns)}
            FROM found JOIN now USING (lead_id) JOIN draft USING (lead_id)
        """  # noqa: S608
        return sql, [*params, *asked]

    def _renamed(self, i, k, rule):
        return f", found.n{k} AS n{i}" + (f", found.w{k} AS w{i}" if rule.fades else "")

    def _verdict(self, side, definition):
        """(columns, params): the first path and the first veto that hold, by name."""
        grades = [grade for grade in definition.matrix if definition.band_holds(grade)]
        paths = [(self._holds(path.condition), path.name) for path in definition.paths]
        vetoes = [(self._holds(veto.condition), veto.name) for veto in definition.vetoes]
        path = _first([*paths, (f"{side}.grade = ANY(%s)", BAND)])
        veto = _first([(self._holds(_SUPPRESSED), SUPPRESSED), *vetoes])
        names = [*_names(paths), grades, BAND, SUPPRESSED, *_names(vetoes)]
        return f"{path} AS {side}_path, {veto} AS {side}_veto", names

    def _holds(self, condition):
        """SQL over what was counted, leaf by leaf, because activities are all counted at once."""
        name = verb(condition)
        if name not in GROUPS:
            return f"found.n{self._index(Rule(condition=condition))} > 0"
        parts = [self._holds(part) for part in condition[name]]
        joined = f"({(' AND ' if name == 'all' else ' OR ').join(parts)})"
        return f"NOT {joined}" if name == "none" else joined

    def _index(self, rule):
        """Where the matches of this rule stand: conditions that are equal are asked once."""
        key = json.dumps([rule.condition, rule.decay, rule.decay_days], sort_keys=True)
        if key not in self._asked:
            self._asked[key] = len(self._rules)
            self._rules.append(rule)
        return self._asked[key]


def qualifies(row, side):
    return bool(row[f"{side}_path"]) and not row[f"{side}_veto"]


SUPPRESSED = "asked not to be contacted"
_SCORED = ("score", "fit", "engagement", "grade")


def _first(named):
    whens = " ".join(f"WHEN {holds} THEN %s" for holds, _name in named)
    return f"(CASE {whens} ELSE '' END)"


def _names(named):
    return [name for _holds, name in named]


def _rows(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
