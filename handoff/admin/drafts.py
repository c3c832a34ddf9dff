"""What the admin pages of an agreement share: drafts are edited, signed versions only read, and
what changes in a proposed one is told among its comments."""

from typing import ClassVar

from django.contrib import admin, messages
from django.db import IntegrityError
from django.shortcuts import redirect
from django.utils import timezone

from handoff import proposing
from leads.conditions import words


def is_draft(part):
    """`part`: an agreement, a part of one, or None for a new one."""
    agreement = getattr(part, "agreement", part)
    return agreement is None or agreement.is_draft


class OnlyDrafts:
    """The database holds the same; here it is a page to read instead of an error."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and is_draft(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and is_draft(obj)


class OnlyDraftsAdmin(OnlyDrafts, admin.ModelAdmin):
    def get_actions(self, request):
        """No bulk delete: it would ask for no row whether it is signed."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def changeform_view(self, request, *args, **options):
        try:
            return super().changeform_view(request, *args, **options)
        except IntegrityError:  # signed between our look at it and the save
            messages.error(request, "Somebody signed this version meanwhile. Nothing was saved.")
            return redirect(request.path)

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        if message:
            tell(obj, request.user, entry.get_change_message())
        return entry

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        if hasattr(obj, "agreement"):
            tell(obj, request.user, f"Added “{obj}”.")
        return entry

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        if hasattr(obj, "agreement"):
            tell(obj, request.user, f"Deleted “{obj}”.")


def tell(part, user, what):
    """Who is about to sign a proposed version reads that its words have changed, and by whom."""
    agreement = getattr(part, "agreement", part)
    if agreement.status == agreement.Status.PROPOSED:
        of = "" if part is agreement else f"{part}: "
        proposing.comment(agreement, by=user, text=f"Edited. {of}{what}", now=timezone.now())


class RowInline(OnlyDrafts, admin.TabularInline):
    """Short rows: they are added and changed in a draft, and read in a signed version."""

    extra = 0

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and is_draft(obj)


class ConditionInline(OnlyDrafts, admin.StackedInline):
    """Named conditions: rows in a draft, words in a signed version."""

    named_by: ClassVar[list]  # what stands above the condition
    extra = 0
    readonly_fields = ["in_words"]

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and is_draft(obj)

    def get_fields(self, request, obj=None):
        condition = "condition" if self.has_change_permission(request, obj) else "in_words"
        return [*self.named_by, condition]

    @admin.display(description="condition")
    def in_words(self, part):
        return words(part.condition) if part.pk else ""
