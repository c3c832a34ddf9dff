"""The parts of an agreement on its page in the admin, each as rows below its own columns."""

from django.contrib import admin

from handoff.admin.drafts import ConditionInline, OnlyDrafts, RowInline
from handoff.models import Commitment, QualifyingPath, Question, Reason, Veto
from handoff.wording import offered


class PathInline(ConditionInline):
    model = QualifyingPath
    named_by = [("kind", "name", "at_once")]
    verbose_name_plural = "A lead qualifies by its grade, or by one of these paths"


class VetoInline(ConditionInline):
    model = Veto
    named_by = ["name"]
    verbose_name_plural = "Unless a veto holds"


class CommitmentInline(RowInline):
    model = Commitment
    fields = ["measure", "value"]
    verbose_name_plural = "Both sides promise: a number of MQLs a month, percent for the others"


class QuestionInline(RowInline):
    model = Question
    fields = ["text", "code", "is_required", "order"]
    verbose_name_plural = "Own questions for the discovery call, beside BANT"

    def get_prepopulated_fields(self, request, obj=None):
        return {"code": ["text"]} if self.has_change_permission(request, obj) else {}


class ReasonInline(OnlyDrafts, admin.TabularInline):
    """A list with links: each reason is edited on its own page, with its second level."""

    model = Reason
    fields = readonly_fields = ["letter", "label", "offered", "goes_to", "hold", "second_level"]
    extra = 0
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("details")

    @admin.display(description="offered at")
    def offered(self, reason):
        return offered(reason)

    @admin.display(description="second level")
    def second_level(self, reason):
        return ", ".join(detail.label for detail in reason.details.all())


INLINES = [PathInline, VetoInline, CommitmentInline, QuestionInline, ReasonInline]
