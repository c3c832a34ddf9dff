"""The calibration from its question to its report; a computation (scoring/computing.py)."""

import numpy as np
from django.utils import timezone

from leads.models import Attribute
from leads.refusals import Missing
from scoring import versions
from scoring.calibration import candidates as possible
from scoring.calibration import indicators, outcomes, reporting, screening
from scoring.calibration.suggesting import suggest
from scoring.measures import auc
from scoring.models import ScoringModel

OLD = 0.7  # the share that teaches, when no boundary is named


def compute(params, progress):
    """The report (see reporting.report) on these parameters, all but `outcome` optional:

    outcome: "accepted", "won" or "attr.…"; order_by, train_before: which leads are the old ones;
    fields: only these keys; exclude: all but these; trust: use them in spite of a warning;
    model: version whose rules are judged, by default the newest that is published.
    """
    return calibrate(**params, now=timezone.now(), progress=progress)


def calibrate(
    outcome,
    *,
    order_by="",
    train_before="",
    fields=(),
    exclude=(),
    trust=(),
    model=None,
    now,
    progress=None,
):
    attributes = list(Attribute.objects.all())
    readable = possible.readable(attributes, fields, exclude, never={outcome, order_by})
    decisions = outcomes.decisions(outcome, order_by)
    is_old = _old(decisions, train_before, order_by)
    rulebook = _rulebook(model)
    found = _candidates(rulebook, readable, decisions, attributes)
    told = _begin(progress, found)
    told("What each rule finds")
    matrix = indicators.matrix(found, decisions, attributes, now=now, told=told)
    columns = _screen(found, matrix, decisions, outcome, readable)
    barred = {column.about for column in columns if column.why} - set(trust)
    told("Fitting the points")
    usable = _usable(found, readable, barred)
    suggestion = suggest(matrix * usable, decisions.won, is_old, fit_all=not train_before)
    current = None
    if rulebook and (~is_old).any():
        score = indicators.scores(rulebook, decisions, now=now)
        current = auc(score[~is_old], decisions.won[~is_old])
    return reporting.report(
        decisions=decisions,
        is_old=is_old,
        taught=is_old if train_before else np.ones(len(decisions), bool),
        candidates=found,
        matrix=matrix,
        columns=columns,
        barred=barred,
        suggestion=suggestion,
        rulebook=rulebook,
        current_auc=current,
    )


def _old(decisions, train_before, order_by):
    if train_before:
        return decisions.order < outcomes.boundary(train_before, order_by)
    return np.arange(len(decisions)) < round(OLD * len(decisions))


def _rulebook(version):
    if version is None:
        published = ScoringModel.objects.exclude(published_at=None).order_by("-version")
        version = published.values_list("version", flat=True).first()
    found = versions.of(version) if version is not None else None
    if version is not None and found is None:
        raise Missing(f"There is no scoring model v{version}.")
    return found


def _candidates(rulebook, readable, decisions, attributes):
    rules = rulebook.rules if rulebook else []
    ids = decisions.lead_ids
    found = [*possible.of_model(rulebook)] if rulebook else []
    engagement = possible.read_by(rules, "engagement")
    found += possible.of_fields(readable.fields, ids, attributes, engagement)
    found += possible.of_activities(readable.activities, ids)
    return possible.without_doubles(found)


def _begin(progress, found):
    if progress is None:
        return lambda words="": None
    progress.begin(indicators.statements(found) + 2)
    return progress.step


def _screen(found, matrix, decisions, outcome, readable):
    kinds = {field.key: field.kind for field in readable.fields}
    columns = screening.screened(found, matrix, decisions.won, kinds)
    if decisions.moments is None:
        late = screening.late(decisions, outcomes.outcome_moments(outcome))
        for column in columns:
            if late.get(column.about, 0) > screening.LATE:
                column.why.append(
                    f"recorded together with the outcome, or after it, for {late[column.about]:.0%}"
                    " of the leads of which both moments are known"
                )
    return columns


def _usable(found, readable, barred):
    """Those of the model, too, may read nothing that is barred or was not asked for."""
    allowed = readable.keys - barred
    return np.array([one.reads <= allowed for one in found], bool)
