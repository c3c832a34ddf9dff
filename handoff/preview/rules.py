"""The rules of two models, paired: what changed, and how the points of one fade now."""

from scoring import scores
from scoring.differing import pairs


class Rules:
    """The rules of both models in pairs, as the page of differences pairs them; each pair is
    known by its place."""

    def __init__(self, now, draft):
        self.attributes = draft.attributes or now.attributes
        self.pairs = pairs(now.rules, draft.rules)
        both = enumerate(self.pairs)
        self._places = {rule.pk: place for place, pair in both for rule in pair if rule}

    def place(self, rule):
        return self._places[rule.pk]

    def changed(self):
        """[{name, condition, now, draft}] of the rules that differ; `now` and `draft`: what they
        give in words, "" for nothing."""
        told = [
            (place, self._told(now, draft), self._told(draft, now))
            for place, (now, draft) in enumerate(self.pairs)
        ]
        return [
            {"name": self.name(place), "condition": self.words(place), "now": now, "draft": draft}
            for place, now, draft in told
            if now != draft
        ]

    def name(self, place):
        return self._rule(place).name or self.words(place)

    def words(self, place):
        return scores.in_words(self._rule(place), self.attributes)

    def fading(self, place, up):
        """How the points of a rule fade now, when that is what changed."""
        now, draft = self.pairs[place]
        if not now or not draft or _fade(now) == _fade(draft) or _rest(now) != _rest(draft):
            return ""
        if not now.fades:
            return " fades"
        if not draft.fades:
            return " fades no more"
        return " fades slower" if up else " fades faster"

    def _rule(self, place):
        now, draft = self.pairs[place]
        return draft or now

    def _told(self, rule, partner):
        """What a rule gives, and for what, where its partner asks otherwise under the same name."""
        told = _gives(rule)
        if rule and partner and rule.kind != partner.kind:
            told += f", {rule.kind}"
        if rule and partner and rule.condition != partner.condition:
            told = f"{scores.in_words(rule, self.attributes)}: {told}"
        return told


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


def _rest(rule):
    return rule.kind, rule.condition, rule.points
