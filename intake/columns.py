"""The forms of the mapping page: what becomes of each column."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from intake import mapping
from intake.forms import SettingsForm
from intake.guessing import code_for, depends_on_order, kind_of
from intake.kinds import KINDS
from intake.limits import COLUMNS_ON_PAGE, VALUES
from leads.models import Attribute

OWNERS = {
    "lead": _("Lead"),
    "company": _("Company"),
    "activity": _("Activity"),
    "history": _("Past"),
    "cost": _("Costs"),
}
KNOWN_SINCE = [
    ("capture", _("Capture")),
    ("unknown", _("Unknown")),
    ("after_outcome", _("After outcome")),
]
WRITE = [
    (mapping.OVERWRITE, _("Overwrite")),
    (mapping.FILL, _("Fill blanks")),
    (mapping.NEVER, _("Never")),
]


class ColumnForm(forms.Form):
    """One column. Code, kind and known_since count for a custom attribute only; v0, v1 … say what
    the values mean which the column has."""

    to = forms.ChoiceField(label=_("Becomes"), required=False)
    code = forms.SlugField(label=_("Attribute"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=Attribute.Kind.choices, required=False)
    known_since = forms.ChoiceField(label=_("Known since"), choices=KNOWN_SINCE, required=False)
    write = forms.ChoiceField(label=_("If it has a value"), choices=WRITE, required=False)

    def __init__(self, *args, column, targets, meant, **kwargs):
        super().__init__(*args, **kwargs)
        self.column, self.meant = column, meant
        cast(forms.ChoiceField, self.fields["to"]).choices = targets
        self.cells = _cells(column, meant)
        for at, cell in enumerate(self.cells):
            self.fields[f"v{at}"] = forms.CharField(
                label=cell, initial=_meaning(cell, meant), max_length=200, required=False
            )
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}: {column['name'][:80]}"
            if name == "code":
                field.widget.attrs["list"] = "attributes"

    @property
    def of_values(self):
        return [self[f"v{at}"] for at in range(len(self.cells))]

    @property
    def has_meanings(self):
        return any(_meaning(cell, self.meant) != cell for cell in self.cells)

    @property
    def asks_for_order(self):
        return depends_on_order(self.column)

    def entry(self):
        data = self.cleaned_data
        entry = {"to": data["to"], "write": data["write"] or mapping.OVERWRITE}
        shown = {cell.casefold() for cell in self.cells}
        entry["values"] = {c: one for c, one in self.meant.items() if c.casefold() not in shown} | {
            cell: meaning
            for at, cell in enumerate(self.cells)
            if (meaning := data[f"v{at}"]) != cell
        }
        if data["to"] in ("attr", "property"):
            code = data["code"] or code_for(self.column["name"])
            entry["to"] = f"{data['to']}.{code}"
        if data["to"] == "attr":
            entry |= {"kind": data["kind"], "known_since": data["known_since"]}
        return entry


def _cells(column, meant):
    """The values of a column that can be given a meaning: those that it has, and of those that
    have one already as many as fit."""
    cells = list(column.get("values", ()))
    known = {cell.casefold() for cell in cells}
    return cells + [cell for cell in meant if cell.casefold() not in known][:VALUES]


def _meaning(cell, meant):
    return {key.casefold(): one for key, one in meant.items()}.get(cell.casefold(), cell)


def targets_of(kind):
    """The choices for what a column becomes, by whom it is told about."""
    held = KINDS[kind]
    groups: dict[str, list] = {}
    for target, label in held.targets.items():
        groups.setdefault(target.partition(".")[0], []).append((target, label))
    free = [("attr", _("Attribute"))] if held.has_attributes else []
    free += [("property", _("Property"))] if held.has_properties else []
    grouped = [(OWNERS.get(owner, owner), choices) for owner, choices in groups.items()]
    return [("", _("Do not import")), *free, *grouped]


class MappingForms:
    """All forms of one page of the mapping: the settings, and some of the columns."""

    def __init__(self, job, number, data=None):
        self.job = job
        self.pages = max(-(-len(job.columns) // COLUMNS_ON_PAGE), 1)
        self.number = min(max(number, 1), self.pages)
        first = (self.number - 1) * COLUMNS_ON_PAGE
        shown = list(enumerate(job.columns))[first : first + COLUMNS_ON_PAGE]
        said = job.mapping
        self.settings = SettingsForm(
            data,
            initial={
                "system": job.system,
                "empty_words": ", ".join(said["empty_words"]),
                "decimal": said["decimal"],
                "dates": said.get("dates", "ymd"),
                "update_only": said.get("update_only", False),
            },
        )
        targets = targets_of(job.kind)
        self.columns = [
            ColumnForm(
                data,
                prefix=f"c{at}",
                column=column,
                targets=targets,
                meant=self._entry(column).get("values", {}),
                initial=self._initial(column),
            )
            for at, column in shown
        ]

    def is_valid(self):
        wrong = [form for form in [self.settings, *self.columns] if not form.is_valid()]
        return not wrong

    def keep(self):
        """Save what this page says with what the others said."""
        settings = dict(self.settings.cleaned_data)
        self.job.system = settings.pop("system")
        said = {form.column["name"]: form.entry() for form in self.columns}
        self.job.mapping = {"columns": self.job.mapping["columns"] | said, **settings}
        self.job.save(update_fields=["mapping", "system"])

    def at(self, names):
        """These forms, or the page on which the first of these columns stands."""
        if not names or any(form.column["name"] in names for form in self.columns):
            return self
        at = [at for at, column in enumerate(self.job.columns) if column["name"] in names]
        return MappingForms(self.job, at[0] // COLUMNS_ON_PAGE + 1 if at else 1)

    def _entry(self, column):
        return self.job.mapping["columns"].get(column["name"], {"to": ""})

    def _initial(self, column):
        entry = self._entry(column)
        write = entry.get("write", mapping.OVERWRITE)
        owner, _, code = entry["to"].partition(".")
        if owner == "attr":
            return entry | {"to": owner, "code": code, "write": write}
        guessed = {"kind": kind_of(column, self.job.mapping["decimal"]), "known_since": "unknown"}
        if owner == "property":
            return guessed | {"to": owner, "code": code, "write": write}
        return guessed | {"to": entry["to"], "write": write}
