"""Which sites are listened to, and what their named events are."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.calendar_form import LabelledRows
from intake.models import Site, SiteEvent


class EventInline(admin.TabularInline):
    model = SiteEvent
    formset = LabelledRows
    extra = 1


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    list_display = ["name", "origin", "active"]
    readonly_fields = ["script"]
    inlines = [EventInline]

    def get_fields(self, request, obj=None):
        return ["name", "origin", "active", *(["script"] if obj else [])]

    def get_object(self, request, *args, **options):
        """With the address at which its reader finds us."""
        site = super().get_object(request, *args, **options)
        if site:
            site.script = request.build_absolute_uri(reverse("visits:script"))
        return site

    @admin.display(description=_("On its pages"))
    def script(self, site):
        tag = f'<script src="{site.script}" defer></script>'
        return format_html("<code>{}</code>", tag)
