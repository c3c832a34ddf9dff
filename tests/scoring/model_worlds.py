"""Random scoring models, for hypothesis: rules with caps, fading points and groups."""

from hypothesis import strategies as st

from scoring.models import Rule, ScoringModel
from tests.leads.condition_worlds import conditions_about, counting

points = st.decimals(-50, 50, places=2)
caps = st.one_of(st.none(), st.decimals(0, 30, places=2))
kinds = st.sampled_from(["fit", "engagement"])
days = st.integers(1, 4)
fadings = st.one_of(
    st.just(("none", None)),
    st.tuples(st.sampled_from(["step", "half_life"]), days),
)
GROUPS = [None, "Mails", "Visits"]
models = st.builds(
    ScoringModel, version=st.just(1), name=st.just("B2B"), fit_cap=caps, engagement_cap=caps
)


def rules_about(history):
    """Up to eight rules; every second one counts activities."""
    condition = st.one_of(counting, conditions_about(history))
    return st.lists(
        st.builds(a_rule, kinds, condition, points, caps, fadings, st.sampled_from(GROUPS)),
        max_size=8,
    )


def a_rule(kind, condition, points, cap, fading, group):
    """Only points for activities fade."""
    decay, days = fading if "did" in condition else ("none", None)
    rule = Rule(
        kind=kind, condition=condition, points=points, cap=cap, decay=decay, decay_days=days
    )
    rule.wanted_group = group
    return rule


def written(model, rules):
    """Save the model with its rules, each in the group that it wants."""
    model.save(force_insert=True)
    for rule in rules:
        rule.model, rule.group = model, _group_of(model, rule)
        rule.save(force_insert=True)


def _group_of(model, rule):
    name = f"{rule.wanted_group} {rule.kind}"
    if rule.wanted_group:
        return model.groups.get_or_create(name=name, defaults={"kind": rule.kind, "cap": 12})[0]
    return None
