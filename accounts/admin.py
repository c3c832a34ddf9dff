"""Users and teams for administrators; calendars and absences for managers, too."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from accounts.calendar_form import CalendarForm, HoursForm, HoursFormSet
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


class HoursInline(admin.TabularInline):
    model = WorkHours
    form = HoursForm
    formset = HoursFormSet
    extra = 1


class ClosedDayInline(admin.TabularInline):
    model = CalendarDay
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

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.save_parts()


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    list_display = ["user", "starts_at", "ends_at", "note"]
    list_filter = ["user__team"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    search_fields = ["user__email", "user__first_name", "user__last_name", "note"]
    date_hierarchy = "starts_at"
