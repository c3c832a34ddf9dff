"""The model field that holds one condition as JSON."""

from django.db import models


class ConditionField(models.JSONField):
    """A JSONField whose value is a condition, validated on full_clean."""

    description = "A condition about a lead"

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "leads.conditions.ConditionField", args, kwargs

    def validate(self, value, model_instance):
        from leads.conditions import schema

        super().validate(value, model_instance)
        if value is not None:
            schema.validate(value)
