"""Where managers say who gets which lead: the rules in their order, and the seats of the teams."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.utils import timezone

from accounts.models import Team, User
from handoff import seats
from handoff.models import RotationSeat, RoutingRule
from handoff.routing_targets import sells
from leads.conditions import words


class RoutingRuleForm(forms.ModelForm):
    class Meta:
        model = RoutingRule
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if "to_team" in fields:  # not there for who may only read
            people = User.objects.filter(sells()).distinct().order_by("first_name", "last_name")
            fields["to_team"].queryset = Team.objects.filter(side="sales")
            fields["to_user"].queryset = people

    def clean(self):
        said: Any = super().clean()
        if not self.errors and bool(said["to_team"]) == bool(said["to_user"]):
            self.add_error("to_team", "Name a team or a person, and not both.")
        return said


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin):
    """The first rule whose condition holds decides."""

    form = RoutingRuleForm
    list_display = ["name", "order", "in_words", "goes_to", "is_active"]
    list_editable = ["order", "is_active"]
    list_select_related = ["to_team", "to_user"]
    fieldsets = [
        (None, {"fields": ["name", ("order", "is_active")]}),
        ("These leads (no row: all)", {"fields": ["condition"]}),
        ("Go to", {"fields": [("to_team", "method"), "to_user"]}),
    ]

    class Media:
        css = {"all": ["admin.css"]}

    @admin.display(description="leads")
    def in_words(self, rule):
        return words(rule.condition) if rule.condition else "all"

    @admin.display(description="go to")
    def goes_to(self, rule):
        return f"{rule.to_team}, {rule.get_method_display()}" if rule.to_team else rule.to_user


@admin.register(RotationSeat)
class RotationSeatAdmin(admin.ModelAdmin):
    """Turns are counted and never typed; who leaves the team only stops having turns."""

    list_display = ["user", "team", "weight", "daily_cap", "weekly_cap", "turns"]
    list_editable = ["weight", "daily_cap", "weekly_cap"]
    list_filter = ["team"]
    list_select_related = ["user", "team"]
    ordering = ["team", "pk"]

    class Media:
        css = {"all": ["admin.css"]}

    def get_fields(self, request, obj=None):
        facts = ["user", "team", "turns"] if obj else ["user"]
        return [*facts, "weight", "daily_cap", "weekly_cap"]

    def get_readonly_fields(self, request, obj=None):
        return ["user", "team", "turns"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **options):
        if db_field.name == "user":
            options["queryset"] = seats.reps().exclude(seats__team=F("team")).select_related("team")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, seat, form, change):
        if not change:
            seat.team = seat.user.team
        seats.change(seat, now=timezone.now())
