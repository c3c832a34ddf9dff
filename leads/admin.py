"""Attributes, campaigns and the signs of bots are edited here; leads and companies are looked at.
No transitions."""

from django import forms
from django.contrib import admin
from django.db import models

from accounts.calendar_form import LabelledRows
from leads import retention
from leads.models import (
    Attribute,
    BotAgent,
    BotRule,
    Campaign,
    CampaignCost,
    Company,
    Lead,
    RetentionRule,
)


class LookedAt(admin.ModelAdmin):
    """Opened to check a fact; what changes it are pages, imports and transitions."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):
    """Code and kind stay as they were made; an attribute is archived, never deleted."""

    list_display = ["label", "code", "kind", "known_since", "archived_at"]
    list_filter = ["kind", "known_since"]
    search_fields = ["label", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code", "kind"] if obj else []

    def get_exclude(self, request, obj=None):
        """A new one is not archived yet; Django breaks on a moment in the address."""
        return [] if obj else ["archived_at"]

    def has_delete_permission(self, request, obj=None):
        return False


# The browser's own, which needs no script.
DAY = {models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}}


class CostInline(admin.TabularInline):
    model = CampaignCost
    formset = LabelledRows
    formfield_overrides = DAY
    extra = 1


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = ["name", "channel", "starts_on", "ends_on"]
    search_fields = ["name", "utm_campaign"]
    inlines = [CostInline]
    formfield_overrides = DAY


@admin.register(Company)
class CompanyAdmin(LookedAt):
    list_display = ["name", "domain", "industry", "country", "relationship"]
    list_filter = ["relationship"]
    search_fields = ["name", "domain"]
    show_full_result_count = False


@admin.register(Lead)
class LeadAdmin(LookedAt):
    list_display = ["title", "email", "stage", "grade", "score", "owner", "created_at"]
    list_filter = ["stage"]
    list_select_related = ["owner"]
    search_fields = ["email", "last_name", "external_id"]
    show_full_result_count = False


@admin.register(BotRule)
class BotRuleAdmin(admin.ModelAdmin):
    """What changes here holds for what comes in; `classify_activities` applies it to the past."""

    list_display = ["heuristic", "seconds", "count", "gives", "active"]
    readonly_fields = ["heuristic"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(BotAgent)
class BotAgentAdmin(admin.ModelAdmin):
    list_display = ["text", "gives", "active"]
    list_filter = ["gives", "active"]
    search_fields = ["text"]


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    """The page of privacy counts what a rule would take before it is switched on."""

    list_display = ["__str__", "months", "active"]
    readonly_fields = ["kind"]

    def get_queryset(self, request):
        retention.rules()  # those of kinds that are new
        return super().get_queryset(request)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
