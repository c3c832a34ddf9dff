"""The forms of an import: the file, and what becomes of its columns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from intake import targets
from intake.encoding import NAMES
from intake.guessing import code_for
from intake.limits import COLUMNS_ON_PAGE, UPLOAD_BYTES
from intake.reading import DELIMITERS
from leads.models import Attribute

TO = [
    ("", _("Do not import")),
    ("attr", _("Attribute")),
    (_("Lead"), list(targets.LEAD.items())),
    (_("Company"), list(targets.COMPANY.items())),
]
KNOWN_SINCE = [
    ("capture", _("Capture")),
    ("unknown", _("Unknown")),
    ("after_outcome", _("After outcome")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Comma, semicolon or tab; any usual encoding; .gz too. Up to %(mb)s MB.")
        % {"mb": UPLOAD_BYTES // 2**20},
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.gz"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s MB; up to %(most)s MB are taken.")
                % {"size": file.size // 2**20, "most": UPLOAD_BYTES // 2**20}
            )
        return file


class ReadingForm(forms.Form):
    """How to read the file, when the guess is wrong."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(NAMES.items()))
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=list(DELIMITERS.items()))


class SettingsForm(forms.Form):
    empty_words = forms.CharField(
        label=_("Words that mean empty"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas. A cell that holds one of them counts as empty."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"), choices=[(".", _("Point: 1,234.5")), (",", _("Comma: 1.234,5"))]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "mapping"  # they stand beside it

    def clean_empty_words(self):
        return [w.strip() for w in self.cleaned_data["empty_words"].split(",") if w.strip()]


class ColumnForm(forms.Form):
    """One column. The last three count for a custom attribute only."""

    to = forms.ChoiceField(label=_("Becomes"), choices=TO, required=False)
    code = forms.SlugField(label=_("Attribute"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=Attribute.Kind.choices, required=False)
    known_since = forms.ChoiceField(
        label=_("Known since"),
        choices=KNOWN_SINCE,
        required=False,
    )

    def __init__(self, *args, column, **kwargs):
        super().__init__(*args, **kwargs)
        self.column = column
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}: {column['name'][:80]}"
            if name == "code":
                field.widget.attrs["list"] = "attributes"

    def entry(self):
        data = self.cleaned_data
        if data["to"] != "attr":
            return {"to": data["to"]}
        code = data["code"] or code_for(self.column["name"])
        return {"to": f"attr.{code}", "kind": data["kind"], "known_since": data["known_since"]}


class MappingForms:
    """All forms of one page of the mapping: the settings, and some of the columns."""

    def __init__(self, job, number, data=None):
        self.job = job
        self.pages = max(-(-len(job.columns) // COLUMNS_ON_PAGE), 1)
        self.number = min(max(number, 1), self.pages)
        first = (self.number - 1) * COLUMNS_ON_PAGE
        shown = list(enumerate(job.columns))[first : first + COLUMNS_ON_PAGE]
        words = ", ".join(job.mapping["empty_words"])
        self.settings = SettingsForm(
            data, initial={"empty_words": words, "decimal": job.mapping["decimal"]}
        )
        self.columns = [
            ColumnForm(data, prefix=f"c{at}", column=column, initial=self._initial(column))
            for at, column in shown
        ]

    def is_valid(self):
        wrong = [form for form in [self.settings, *self.columns] if not form.is_valid()]
        return not wrong

    def mapping(self):
        """The job's mapping with what this page says."""
        said = {form.column["name"]: form.entry() for form in self.columns}
        return {"columns": self.job.mapping["columns"] | said, **self.settings.cleaned_data}

    def at(self, names):
        """These forms, or the page on which the first of these columns stands."""
        if not names or any(form.column["name"] in names for form in self.columns):
            return self
        at = [at for at, column in enumerate(self.job.columns) if column["name"] in names]
        return MappingForms(self.job, at[0] // COLUMNS_ON_PAGE + 1 if at else 1)

    def _initial(self, column):
        entry = self.job.mapping["columns"].get(column["name"], {"to": ""})
        owner, _, code = entry["to"].partition(".")
        if owner != "attr":
            guessed = next((k.rstrip(".,") for k in column["kinds"]), "text")
            return {"to": entry["to"], "kind": guessed, "known_since": "unknown"}
        return entry | {"to": "attr", "code": code}
