"""Users and teams for administrators; calendars and absences for managers, too."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import models

from accounts import key_admin  # noqa: F401  (registers itself)
from accounts.calendar_form import CalendarForm, HoursForm, HoursFormSet, LabelledRows
from accounts.models import Absence, CalendarDay, Team, User, WorkCalendar, WorkHours


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "side", "countries", "calendar"]
    list_select_related = ["calendar"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["email", "first_name", "last_name", "team", "is_active"]
    list_filter = ["groups", "team", "is_active"]
    list_select_related = ["team"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (
            "Person",
            {"fields": ["first_name", "last_name", "team", "time_zone", "calendar", "single_keys"]},
        ),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]


# The browser's own, which speak the reader's language and need no script.
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class HoursInline(admin.TabularInline):
    model = WorkHours
    form = HoursForm
    formset = HoursFormSet
    formfield_overrides = {models.TimeField: {"widget": _TIME}}
    extra = 1


class ClosedDayInline(admin.TabularInline):
    model = CalendarDay
    formset = LabelledRows
    formfield_overrides = {models.DateField: {"widget": _DATE}}
    extra = 1


@admin.register(WorkCalendar)
class WorkCalendarAdmin(admin.ModelAdmin):
    form = CalendarForm
    inlines = [HoursInline, ClosedDayInline]
    list_display = ["name", "time_zone", "country", "subdivision"]
    fieldsets = [
        (None, {"fields": ["name", "time_zone", ("country", "subdivision")]}),
        ("Who works by it", {"fields": ["teams", "people"]}),
    ]

    class Media:
        css = {"all": ["admin.css"]}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.save_parts()


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    list_display = ["user", "starts_at", "ends_at", "note"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "note"]
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": _MOMENT}
    }

    class Media:
        css = {"all": ["admin.css"]}
