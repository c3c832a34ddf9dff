"""Why an activity does or does not count, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SAID = {
    "links": gettext_lazy("%(class)s: %(links)s links of one email within %(seconds)s s"),
    "repeats": gettext_lazy("%(class)s: %(hits)s times the same within %(seconds)s s"),
    "delivery": gettext_lazy("%(class)s: %(after)s s after the email was delivered"),
    "head": gettext_lazy("%(class)s: only asked whether the page is there (HEAD)"),
    "agent": gettext_lazy("%(class)s: its program calls itself “%(agent)s”"),
}


def class_words(activity):
    """ "Suspected bot: 5 links of one email within 10 s"; nothing of what nobody doubted."""
    known = {"class": activity.get_actor_class_display()} | (activity.evidence or {})
    if activity.classified_by == "person":
        is_human = activity.actor_class == "human"
        said = _("A person after all, says %(by)s") if is_human else _("Not a person, says %(by)s")
        return said % known
    if activity.actor_class == "human":
        return ""
    if activity.classified_by:
        return str(_SAID[activity.classified_by]) % known
    return known["class"]
