"""API keys for managers and administrators: made, changed in what they may, taken back."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey, User


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateTimeField(  # the browser's own, which needs no script
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = KeyForm
    list_display = ["name", "prefix", "scopes", "system", "acts_as", "expires_at", "last_used_at",
                    "revoked_at"]  # fmt: skip
    list_select_related = ["acts_as"]
    fields = ["name", "system", "scopes", "acts_as", "expires_at"]
    readonly_fields = ["prefix", "created_at", "created_by", "last_used_at", "revoked_at",
                       "revoked_by"]  # fmt: skip
    actions = ["revoke"]

    def get_fields(self, request, obj=None):
        return [*self.fields, *(self.readonly_fields if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        """Ids were sent and activities recorded under its name and system."""
        return ["name", "system", *self.readonly_fields] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **options):
        """Nobody gives away more than administrators alone have."""
        if db_field.name == "acts_as":
            people = User.objects.filter(is_active=True).order_by("email")
            allowed = people if request.user.is_superuser else people.filter(is_superuser=False)
            options["queryset"] = allowed
        return super().formfield_for_foreignkey(db_field, request, **options)

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.revoked_at is None)

    def has_delete_permission(self, request: HttpRequest, obj=None):
        """What it did refers to it: it is revoked instead."""
        return False

    def save_model(self, request, obj, form, change):
        if change:
            obj.save()
        else:
            obj.secret = keys.make(obj, by=request.user, now=timezone.now())

    def response_add(self, request, obj, post_url_continue=None):
        """In this answer alone, and in no session."""
        context = self.admin_site.each_context(request) | {
            "key": obj,
            "secret": obj.secret,
            "title": "The secret of this key",
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/apikey/made.html", context)

    @admin.action(description="Revoke the chosen keys", permissions=["change"])
    def revoke(self, request, queryset):
        for key in queryset.filter(revoked_at=None):
            self.log_change(request, key, "Revoked.")
        count = keys.revoke(queryset, by=request.user, now=timezone.now())
        messages.success(request, f"{count} revoked. Nobody comes in with them any more.")
