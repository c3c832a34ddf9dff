"""The rules of two models, paired: what changed, and how the points of one fade now."""

import json

from scoring import scores


class Rules:
    """The rules of both models, paired: the same condition of the same kind is the same rule."""

    def __init__(self, now, draft):
        self.attributes = draft.attributes or now.attributes
        self.now, self.draft = ({key_of(rule): rule for rule in one.rules} for one in (now, draft))

    def changed(self):
        """[{name, condition, now, draft}] of the rules that differ; `now` and `draft`: what they
        give in words, "" for nothing."""
        keys = [*self.draft, *[key for key in self.now if key not in self.draft]]
        gives = [(key, _gives(self.now.get(key)), _gives(self.draft.get(key))) for key in keys]
        return [
            {"name": self.name(key), "condition": self.words(key), "now": now, "draft": draft}
            for key, now, draft in gives
            if now != draft
        ]

    def name(self, key):
        return self._rule(key).name or self.words(key)

    def words(self, key):
        return scores.in_words(self._rule(key), self.attributes)

    def kind(self, key):
        return self._rule(key).kind

    def fading(self, key, up):
        """How the points of a rule fade now, when that is what changed."""
        now, draft = self.now.get(key), self.draft.get(key)
        if not now or not draft or _fade(now) == _fade(draft) or now.points != draft.points:
            return ""
        if not now.fades:
            return " fades"
        if not draft.fades:
            return " fades no more"
        return " fades slower" if up else " fades faster"

    def _rule(self, key):
        return self.draft.get(key) or self.now[key]


def key_of(rule):
    """The same for a rule of the other model that asks the same."""
    return json.dumps([rule.kind, rule.condition], sort_keys=True)


def signed(points):
    return f"{points:+.2f}".replace("-", "−")


def _gives(rule):
    if rule is None:
        return ""
    words = signed(rule.points) + (" each" if rule.counts_activities else "")
    words += f", up to {rule.cap}" if rule.cap is not None else ""
    words += f", {rule.get_decay_display().lower()} {rule.decay_days} days" if rule.fades else ""
    return words + (f", in {rule.group}" if rule.group_id else "")


def _fade(rule):
    return rule.decay, rule.decay_days
