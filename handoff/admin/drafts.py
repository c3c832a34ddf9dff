"""What the admin pages of an agreement share: drafts are edited, signed versions only read."""

from typing import ClassVar

from django.contrib import admin, messages
from django.db import IntegrityError
from django.shortcuts import redirect

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
