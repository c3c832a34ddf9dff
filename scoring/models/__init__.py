"""The tables of scoring. Each module holds one idea; import the models from here."""

from scoring.models.change import ScoreChange
from scoring.models.computation import Computation
from scoring.models.model import Rule, RuleGroup, ScoringModel

__all__ = ["Computation", "Rule", "RuleGroup", "ScoreChange", "ScoringModel"]
