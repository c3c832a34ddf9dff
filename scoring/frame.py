"""What the pages of one version share: its place among the others, its standing, its tabs."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404

from scoring import standing
from scoring.models import ScoringModel

may_read = permission_required("leads.market_lead", raise_exception=True)
may_define = permission_required("scoring.add_scoringmodel", raise_exception=True)


def frame(tab, version=None):
    """The context of the page of this version, by default of the one in force, else of the newest.

    Two queries. `model` is None when there is none at all; raises Http404 for an unknown version.
    `current`: the one in force, `beside`: the one that it is compared with, or None.
    """
    told = standing.standings()
    every = list(ScoringModel.objects.order_by("-version"))
    for model in every:
        model.standing = standing.of(model, told)
    by_version = {model.version: model for model in every}
    current = by_version.get(standing.in_force(told))
    model = by_version.get(version) if version else current or _newest(every)
    if version and model is None:
        raise Http404
    beside = _beside(model, current, every)
    return {"tab": tab, "models": every, "model": model, "current": current, "beside": beside}


def _newest(models):
    published = (model for model in models if model.is_published)
    return next(published, models[0] if models else None)


def _beside(model, current, models):
    """The one in force; that one itself beside the version before it."""
    if current and model != current:
        return current
    older = [one for one in models if model and one.version < model.version]
    younger = [one for one in models if model and one.version > model.version]
    return next(iter(older), None) or (younger[-1] if younger else None)
