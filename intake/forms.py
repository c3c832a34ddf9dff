"""The forms of an import: the file, how it and its cells are read. Those of columns: columns.py."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from intake import presets
from intake.encoding import NAMES
from intake.kinds import KINDS
from intake.limits import UPLOAD_BYTES, WORKBOOK_BYTES
from intake.models import ImportJob
from intake.reading import DELIMITERS
from intake.workbook import ENDINGS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV or Excel file"),
        help_text=_(
            "CSV with any delimiter and encoding, also .gz, up to %(mb)s MB;"
            " Excel or OpenDocument up to %(workbook)s MB."
        )
        % {"mb": UPLOAD_BYTES // 2**20, "workbook": WORKBOOK_BYTES // 2**20},
        widget=forms.FileInput({"accept": ",".join([".csv,.tsv,.txt,.gz", *ENDINGS])}),
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
    """What the file holds and how to read it, when the guess is wrong."""

    kind = forms.ChoiceField(label=_("Holds"))
    preset = forms.ChoiceField(
        label=_("Export of"), choices=[("", _("Another system")), *presets.CHOICES], required=False
    )
    sheet = forms.ChoiceField(label=_("Sheet"))
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(NAMES.items()))
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=list(DELIMITERS.items()))
    header_line = forms.IntegerField(label=_("Row of column names"), min_value=1)
    footer_lines = forms.IntegerField(
        label=_("Rows of a footer"),
        min_value=0,
        help_text=_("Totals and notes below the data; they are not imported."),
    )

    def __init__(self, job, data=None):
        super().__init__(data, initial={name: getattr(job, name) for name in self.base_fields})
        if job.delimiter and job.delimiter not in DELIMITERS:  # a sep= line may name any
            self._offer("delimiter", [*DELIMITERS.items(), (job.delimiter, job.delimiter)])
        self._offer("kind", [one for one in ImportJob.Kind.choices if one[0] in KINDS])
        self._offer("sheet", [(name, name) for name in job.sheets])
        for name in ("encoding", "delimiter") if job.sheet else ("sheet",):
            del self.fields[name]

    def _offer(self, name, choices):
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def how(self):
        """For jobs.survey_again. On another sheet, or with another delimiter, the place of the
        column names is guessed anew, and for other columns what they are an export of."""
        data, changed = dict(self.cleaned_data), set(self.changed_data)
        if changed & {"sheet", "delimiter", "encoding"}:
            for name in {"header_line", "footer_lines", "preset"} - changed:
                del data[name]
        return data


class SettingsForm(forms.Form):
    system = forms.CharField(
        label=_("Whose IDs"),
        required=False,
        max_length=60,
        help_text=_("The system that the external IDs come from."),
        widget=forms.TextInput({"list": "systems"}),
    )
    empty_words = forms.CharField(
        label=_("Words that mean empty"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas. A cell that holds one of them counts as empty."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"), choices=[(".", _("Point: 1,234.5")), (",", _("Comma: 1.234,5"))]
    )
    dates = forms.ChoiceField(
        label=_("Dates"),
        choices=[
            ("dmy", _("Day first: 31/5/2026")),
            ("mdy", _("Month first: 5/31/2026")),
            ("ymd", _("Year first, or 31.5.2026")),
        ],
    )
    update_only = forms.BooleanField(
        label=_("Update only"),
        required=False,
        help_text=_("Rows of people who are not here yet are left out."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "mapping"  # they stand beside it

    def clean_empty_words(self):
        return [w.strip() for w in self.cleaned_data["empty_words"].split(",") if w.strip()]
