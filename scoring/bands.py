"""Points to grade: fit letter A–D and engagement number 1–4, by the cut-offs of a model."""

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import GreaterThanOrEqual


def grade_case(model, fit, engagement):
    """The grade as a database expression; `fit` and `engagement` are expressions of points."""
    letter = _band(fit, [(model.fit_a, "A"), (model.fit_b, "B"), (model.fit_c, "C")], "D")
    number = _band(
        engagement,
        [(model.engagement_1, "1"), (model.engagement_2, "2"), (model.engagement_3, "3")],
        "4",
    )
    return Concat(letter, number, output_field=CharField())


def _band(points, cuts, lowest):
    whens = [When(GreaterThanOrEqual(points, cut), then=Value(name)) for cut, name in cuts]
    return Case(*whens, default=Value(lowest), output_field=CharField())
