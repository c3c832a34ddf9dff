"""Where the versions of the model stand. Agreements pin them, and only handoff knows those."""

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

IN_FORCE = "in_force"


class Standing(NamedTuple):
    """`agreement`: the one that pins the version, in words; "" when none does."""

    name: str
    label: Any
    icon: str
    agreement: str = ""


def standings():
    """{version: (name, agreement)} of all that agreements pin; one query."""
    return import_string(settings.MODEL_STANDINGS)()


def in_force(told):
    """The version that counts, or None. `told`: standings()."""
    return next((version for version, (name, _by) in told.items() if name == IN_FORCE), None)


def of(model, told):
    """The Standing of a model. `told`: standings()."""
    name, agreement = told.get(model.version, ("published" if model.is_published else "draft", ""))
    label, icon = _SHOWN[name]
    return Standing(name, label, icon, agreement)


_SHOWN = {
    "draft": (_("Draft"), "edit"),
    "proposed": (_("Proposed"), "writing-sign"),
    IN_FORCE: (_("In force"), "check"),
    "superseded": (_("Superseded"), "history"),
    "published": (_("Published"), "lock"),
}
