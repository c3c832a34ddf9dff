"""Where managers make capture forms and write the texts that people consent to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models

from accounts.calendar_form import LabelledRows
from intake import answers
from intake.models import CaptureForm, ConsentText, FormField
from intake.models.forms import an_origin
from leads.models import Attribute


class Questions(LabelledRows):
    """Together they must be able to tell who somebody is."""

    def clean(self):
        super().clean()
        asked = {
            one.cleaned_data.get("target"): one.cleaned_data.get("required")
            for one in self.forms
            if one not in self.deleted_forms and getattr(one, "cleaned_data", None)
        }
        if any(self.errors):
            return
        if not any(asked.get(key) for key in answers.KEYS):
            raise forms.ValidationError(
                "Ask for Email or Phone, and require it: else nobody can tell who it is."
            )
        if self.instance.double_opt_in and not asked.get("lead.email"):
            raise forms.ValidationError("Double opt-in goes by email: require Email.")


class FormFieldInline(admin.TabularInline):
    model = FormField
    formset = Questions
    extra = 1
    verbose_name, verbose_name_plural = "question", "questions"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "target":
            return forms.ChoiceField(label="Asks for", choices=targets())
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "choices":
            field.widget = forms.Textarea({"rows": 2, "cols": 24})
        return field


def targets():
    """Choices of what a question may ask for, in groups."""
    plain = [(target, label) for target, (label, _fills) in answers.ASKED.items()]
    codes = Attribute.objects.filter(archived_at=None).order_by("label")
    names = ConsentText.objects.order_by("name").values_list("name", flat=True).distinct()
    return [
        ("", "–"),
        ("The person", plain),
        ("Attributes", [(f"attr.{one.code}", one.label) for one in codes]),
        ("Consent to", [(f"consent.{name}", name) for name in names]),
    ]


class CaptureFormForm(forms.ModelForm):
    class Meta:
        model = CaptureForm
        fields = ["origins"]  # the admin names all
        widgets = {"origins": forms.TextInput({"class": "vLargeTextField"})}

    def clean_origins(self):
        """Each by name: the field itself only says that one of them is wrong."""
        for origin in self.cleaned_data["origins"]:
            an_origin(origin)
        return self.cleaned_data["origins"]


@admin.register(CaptureForm)
class CaptureFormAdmin(admin.ModelAdmin):
    """Closed when no longer wanted; one that brought somebody stays."""

    form = CaptureFormForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [FormFieldInline]
    list_display = ["name", "slug", "kind", "campaign", "double_opt_in", "is_active"]
    list_select_related = ["campaign"]
    search_fields = ["name", "slug", "heading"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": [("name", "slug"), "is_active"]}),
        ("What people see", {"fields": ["heading", "intro", "button", "thanks", "thanks_url"]}),
        (
            "What it counts as",
            {"fields": [("kind", "campaign"), ("source", "interest"), "double_opt_in"]},
        ),
        ("Where else it stands", {"fields": ["origins"]}),
    ]

    class Media:
        css = {"all": ["admin.css"]}


class ConsentTextForm(forms.ModelForm):
    class Meta:
        model = ConsentText
        fields = ["name", "purpose", "text"]

    def clean(self):
        said: Any = super().clean()
        others = ConsentText.objects.filter(name=said.get("name", self.instance.name))
        purpose = said.get("purpose", self.instance.purpose)
        if others.exclude(purpose=purpose).exists():
            self.add_error(None, "Earlier versions of this text have another purpose.")
        return said


@admin.register(ConsentText)
class ConsentTextAdmin(admin.ModelAdmin):
    """A changed text is saved as the next version. What people have read stays as it was."""

    form = ConsentTextForm
    list_display = ["name", "version", "purpose", "text"]
    search_fields = ["name", "text"]

    def get_readonly_fields(self, request, obj=None):
        return ["name", "purpose", "version"] if obj else []

    def has_change_permission(self, request, obj=None):
        is_newest = obj is None or obj.version == _newest(obj.name)
        return is_newest and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if change and "text" not in form.changed_data:
            return
        obj.pk, obj._state.adding, obj.version = None, True, _newest(obj.name) + 1
        obj.save()


def _newest(name):
    versions = ConsentText.objects.filter(name=name).order_by("-version")
    return versions.values_list("version", flat=True).first() or 0
