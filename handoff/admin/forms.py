"""The form of an agreement: the matrix as four rows of four, the required data as one list."""

from typing import Any

from django import forms
from django.utils import timezone

from handoff.models import Agreement, MatrixCell, Reason, RequiredField
from handoff.models.agreement import EDITABLE
from handoff.wording import OFFERED_AT

LETTERS, NUMBERS = "ABCD", "1234"
GRADES = [letter + number for letter in LETTERS for number in NUMBERS]


class _AgreementFields(forms.ModelForm):
    facts = forms.MultipleChoiceField(
        label="Before the handoff",
        choices=RequiredField.Fact,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum_grade = forms.ChoiceField(
        label="Promised grade",
        choices=[("", "none"), *[(grade, f"{grade} or better") for grade in GRADES]],
        required=False,
    )

    class Meta:
        model = Agreement
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            cells = self.instance.matrix.values_list("grade", "action")
            self.initial.update(cells)
            self.initial["facts"] = [one.fact for one in self.instance.required.all()]

    def clean_starts_on(self):
        """It could begin at once, and would say otherwise."""
        day = self.cleaned_data["starts_on"]
        if day and day < timezone.localdate() and "starts_on" in self.changed_data:
            raise forms.ValidationError("This day is over. Leave it empty to begin at once.")
        return day

    def save_parts(self):
        """Once the agreement itself is saved."""
        agreement, said = self.instance, self.cleaned_data
        MatrixCell.objects.bulk_create(
            [MatrixCell(agreement=agreement, grade=grade, action=said[grade]) for grade in GRADES],
            update_conflicts=True,
            unique_fields=["agreement", "grade"],
            update_fields=["action"],
        )
        agreement.required.exclude(fact__in=said["facts"]).delete()
        RequiredField.objects.bulk_create(
            [RequiredField(agreement=agreement, fact=fact) for fact in said["facts"]],
            ignore_conflicts=True,
        )


# {grade: what happens to it}, declared as the admin wants it: by name.
AgreementForm = type(
    "AgreementForm",
    (_AgreementFields,),
    {
        grade: forms.ChoiceField(
            label=grade, choices=MatrixCell.Action, initial=MatrixCell.Action.LEAVE
        )
        for grade in GRADES
    },
)


class ReasonForm(forms.ModelForm):
    offered_at = forms.MultipleChoiceField(
        choices=list(OFFERED_AT.items()), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Reason
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        agreement: Any = self.fields.get("agreement")
        if agreement is not None:  # not there for who may only read
            agreement.queryset = Agreement.objects.filter(status__in=EDITABLE)
            agreement.disabled = bool(self.instance.pk)
