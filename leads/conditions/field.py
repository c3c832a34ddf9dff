"""The model field that holds one condition as JSON."""

from django.db import models

from leads.conditions.schema import validate


class ConditionField(models.JSONField):
    """A JSONField whose value full_clean() checks against the schema; forms edit it as rows."""

    description = "A condition about a lead"

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "leads.conditions.ConditionField", args, kwargs

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value is not None:
            validate(value)

    def formfield(self, form_class=None, choices_form_class=None, **options):
        from leads.conditions.form import ConditionRowsField

        return models.Field.formfield(self, form_class or ConditionRowsField, **options)
