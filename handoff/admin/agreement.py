"""The agreement in the admin: write it, sign it, duplicate it as the next version."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from handoff import agreements, starters
from handoff.admin.drafts import ConditionInline, OnlyDrafts, OnlyDraftsAdmin, is_draft
from handoff.admin.forms import LETTERS, NUMBERS, OFFERED_AT, AgreementForm
from handoff.models import Agreement, MatrixCell, QualifyingPath, Reason, Veto
from leads.refusals import Refusal

_WORDS = ["title", "goal", "scoring_model"]
_NUMBERS = [("margin", "bant_bar", "max_cycles"), ("review_hours", "decide_hours")]
_SIGNED = ["state", "signed_by", "in_force_from", "superseded_at"]
SIDES = {"marketing": "Sign for marketing", "sales": "Sign for sales"}


class PathInline(ConditionInline):
    model = QualifyingPath
    named_by = [("kind", "name")]
    verbose_name_plural = "A lead qualifies by its grade, or by one of these paths"


class VetoInline(ConditionInline):
    model = Veto
    named_by = ["name"]
    verbose_name_plural = "Unless a veto holds"


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
        return ", ".join(OFFERED_AT.get(name, name) for name in reason.offered_at)

    @admin.display(description="second level")
    def second_level(self, reason):
        return ", ".join(detail.label for detail in reason.details.all())


@admin.register(Agreement)
class AgreementAdmin(OnlyDraftsAdmin):
    form = AgreementForm
    list_display = ["__str__", "title", "state", "in_force_from", "superseded_at", "signed_by"]
    ordering = ["-version"]
    readonly_fields = ["version", *_SIGNED, "matrix", "required"]
    inlines = [PathInline, VetoInline, ReasonInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("signatures__user")

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            matrix: list = [tuple(letter + number for number in NUMBERS) for letter in LETTERS]
            required = ["facts"]
        else:
            matrix, required = ["matrix"], ["required"]
        return [
            (None, {"fields": [*_WORDS, *_NUMBERS]}),
            ("What happens with each grade", {"fields": [*matrix, "automatic_cap"]}),
            ("Required data", {"fields": required}),
            ("Signed", {"fields": _SIGNED}),
        ]

    def save_model(self, request, agreement, form, change):
        if not change:
            agreement.version = agreements.next_version()
        super().save_model(request, agreement, form, change)
        form.save_parts()

    @admin.display(description="status")
    def state(self, agreement):
        return agreement.get_status_display()

    @admin.display(description="signed by")
    def signed_by(self, agreement):
        signatures = agreement.signatures.all() if agreement.pk else []
        return _lines(
            f"{one.user}, {one.get_side_display()}, "
            + formats.date_format(timezone.localtime(one.signed_at), "j M Y H:i")
            for one in signatures
        )

    @admin.display(description="grades")
    def matrix(self, agreement):
        actions = dict(agreement.matrix.values_list("grade", "action"))
        labels = dict(MatrixCell.Action.choices)
        return _lines(
            ", ".join(f"{fit}{n}: {labels[actions.get(fit + n, 'leave')]}" for n in NUMBERS)
            for fit in LETTERS
        )

    @admin.display(description="before the handoff")
    def required(self, agreement):
        return ", ".join(str(one) for one in agreement.required.all())

    def get_urls(self):
        own: list[tuple[str, str, Any]] = [
            ("<int:pk>/sign/<str:side>/", "sign", self.sign_view),
            ("<int:pk>/duplicate/", "duplicate", self.duplicate_view),
            ("start/<str:name>/", "start", self.start_view),
        ]
        wrap = self.admin_site.admin_view
        named = [
            path(at, wrap(require_POST(view)), name=f"handoff_agreement_{name}")
            for at, name, view in own
        ]
        return named + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        agreement = self.get_object(request, object_id)
        extra = {
            "gaps": agreements.gaps(agreement) if agreement and is_draft(agreement) else [],
            "may_sign": _open_sides(agreement, request.user) if agreement else {},
        }
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def changelist_view(self, request, extra_context=None):
        extra = {"starters": starters.titles()} if self.has_add_permission(request) else {}
        return super().changelist_view(request, extra | (extra_context or {}))

    def sign_view(self, request, pk, side):
        agreement = get_object_or_404(Agreement, pk=pk)
        try:
            signed = agreements.sign(agreement, by=request.user, side=side, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"Signed. {signed} is {signed.get_status_display().lower()}.")
        return _to(agreement)

    def duplicate_view(self, request, pk):
        agreement = get_object_or_404(Agreement, pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        draft = agreements.duplicate(agreement)
        messages.success(request, f"{draft} is a draft with the words of {agreement}.")
        return _to(draft)

    def start_view(self, request, name):
        if not self.has_add_permission(request):
            raise PermissionDenied
        try:
            draft = starters.load(name)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:handoff_agreement_changelist")
        messages.success(request, f"{draft} is a draft: change what you like, then two sign it.")
        return _to(draft)


def _open_sides(agreement, user):
    """{side: words of the button} that this person may still sign for."""
    if not agreement.is_draft and agreement.status != Agreement.Status.SIGNED:
        return {}
    signatures = agreement.signatures.all()
    if user.pk in {one.user_id for one in signatures}:
        return {}
    done = {one.side for one in signatures}
    return {
        side: label
        for side, label in SIDES.items()
        if side not in done and user.has_perm(f"handoff.sign_for_{side}")
    }


def _to(agreement):
    return redirect("admin:handoff_agreement_change", agreement.pk)


def _lines(texts):
    return format_html_join(mark_safe("<br>"), "{}", ((text,) for text in texts))
