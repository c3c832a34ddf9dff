"""What a calendar's page in the admin asks: whose it is, and hours judged together."""

from itertools import pairwise

from django import forms

from accounts.models import Team, User, WorkCalendar, WorkHours


class CalendarForm(forms.ModelForm):
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.order_by("first_name", "last_name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only who works by other hours than the team.",
    )

    class Meta:
        model = WorkCalendar
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["teams"] = self.instance.teams.all()
            self.initial["people"] = self.instance.people.all()

    def save_parts(self):
        """Once the calendar itself is saved."""
        self.instance.teams.set(self.cleaned_data["teams"])
        self.instance.people.set(self.cleaned_data["people"])


class HoursForm(forms.ModelForm):
    class Meta:
        model = WorkHours
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def validate_constraints(self):
        """Not against rows that the same page is about to change: the formset judges all."""


class LabelledRows(forms.BaseInlineFormSet):
    """Says to a screen reader what the head of the column says to the eye."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label


class HoursFormSet(LabelledRows):
    def clean(self):
        super().clean()
        said = [(form, form.cleaned_data) for form in self.forms if not form.errors]
        kept = [form for form, row in said if "weekday" in row and not row["DELETE"]]
        kept.sort(key=lambda form: (form.instance.weekday, form.instance.opens))
        for one, other in pairwise(kept):
            same_day = one.instance.weekday == other.instance.weekday
            if same_day and other.instance.span[0] < one.instance.span[1]:
                other.add_error("opens", f"Already open: {one.instance}.")
