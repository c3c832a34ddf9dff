"""One reason with its second level. Reached from its agreement, and leads back there."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse

from handoff.admin.drafts import OnlyDrafts, OnlyDraftsAdmin, is_draft
from handoff.admin.forms import ReasonForm
from handoff.models import Reason, ReasonDetail


class DetailInline(OnlyDrafts, admin.TabularInline):
    model = ReasonDetail
    fields = ["label", "code", "needs_date", "order"]
    prepopulated_fields = {"code": ["label"]}
    extra = 1
    verbose_name = verbose_name_plural = "second level"

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and is_draft(obj)

    def get_prepopulated_fields(self, request, obj=None):
        editable = self.has_change_permission(request, obj)
        return super().get_prepopulated_fields(request, obj) if editable else {}


@admin.register(Reason)
class ReasonAdmin(OnlyDraftsAdmin):
    form = ReasonForm
    inlines = [DetailInline]
    list_display = ["label", "agreement", "letter", "goes_to"]
    list_filter = ["agreement"]
    list_select_related = ["agreement"]
    fieldsets = [
        (None, {"fields": ["agreement", ("label", "code"), ("letter", "order"), "offered_at"]}),
        (
            "What follows",
            {"fields": ["goes_to", ("hold", "hold_days"), "suppresses", "teaches"]},
        ),
        ("What a person must say", {"fields": [("needs_date", "needs_note")]}),
    ]

    def has_module_permission(self, request):
        """Reasons belong to an agreement: they are no list of their own."""
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("agreement")

    def save_formset(self, request, form, formset, change):
        for detail in formset.save(commit=False):
            detail.agreement_id = form.instance.agreement_id
            detail.save()
        for detail in formset.deleted_objects:
            detail.delete()

    def response_post_save_add(self, request, reason):
        return _to_agreement(reason.agreement_id)

    def response_post_save_change(self, request, reason):
        return _to_agreement(reason.agreement_id)

    def delete_model(self, request, reason):
        request.agreement_id = reason.agreement_id
        super().delete_model(request, reason)

    def response_delete(self, request, obj_display, obj_id):
        super().response_delete(request, obj_display, obj_id)
        return _to_agreement(request.agreement_id)


def _to_agreement(pk):
    return redirect(f"{reverse('admin:handoff_agreement_change', args=[pk])}#reasons-group")
