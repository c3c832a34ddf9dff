"""The agreement in the admin: write it, propose it, sign it, duplicate it as the next version."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from handoff import agreements, differing, proposing, starters
from handoff.admin.drafts import OnlyDraftsAdmin
from handoff.admin.fieldsets import SIGNED, fieldsets
from handoff.admin.forms import LETTERS, NUMBERS, AgreementForm
from handoff.admin.parts import INLINES
from handoff.models import Agreement, MatrixCell
from handoff.preview import numbers
from leads.refusals import Conflict, Missing, Refusal

SIDES = {"marketing": "Sign for marketing", "sales": "Sign for sales"}


@admin.register(Agreement)
class AgreementAdmin(OnlyDraftsAdmin):
    form = AgreementForm
    list_display = ["__str__", "title", "state", "in_force_from", "superseded_at", "signed_by"]
    ordering = ["-version"]
    readonly_fields = ["version", *SIGNED, "matrix", "required"]
    inlines = INLINES

    class Media:
        css: ClassVar = {"all": ["agreement.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("signatures__user")

    def get_fieldsets(self, request, obj=None):
        return fieldsets(editable=obj is None or self.has_change_permission(request, obj))

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
            ("<int:pk>/propose/", "propose", self.propose_view),
            ("<int:pk>/withdraw/", "withdraw", self.withdraw_view),
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
        extra = _beside(agreement, request.user) if agreement else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def changelist_view(self, request, extra_context=None):
        extra = {"starters": starters.titles()} if self.has_add_permission(request) else {}
        return super().changelist_view(request, extra | (extra_context or {}))

    def propose_view(self, request, pk):
        agreement = get_object_or_404(Agreement, pk=pk)
        return _done(request, agreement, proposing.propose_version, "Now both sides can sign it.")

    def withdraw_view(self, request, pk):
        agreement = get_object_or_404(Agreement, pk=pk)
        return _done(request, agreement, proposing.withdraw, "It is a draft again.")

    def sign_view(self, request, pk, side):
        """What was read is signed, with its effect in numbers, and nothing else."""
        agreement = get_object_or_404(Agreement, pk=pk)
        try:
            _check_what_was_read(agreement, request.POST.get("read"))
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


def _beside(agreement, user):
    """What stands above the form: gaps, doors, and the numbers of a version to be signed."""
    if not agreement.awaits_signatures:
        return {}
    may_sign = _open_sides(agreement, user)
    return {
        "gaps": agreements.gaps(agreement) if agreement.is_draft else [],
        "may_sign": may_sign,
        "read": differing.digest(agreement) if may_sign else "",
        "numbers": numbers.of(agreement),
        "can_be_told": numbers.can_be_told(),
    }


def _check_what_was_read(agreement, read):
    if agreement.status == Agreement.Status.DRAFT:
        raise Conflict(f"{agreement} is a draft. Propose it first.")
    if not agreement.awaits_signatures:
        return  # agreements.sign says it in its own words
    if read != differing.digest(agreement):
        raise Conflict("It was edited since you opened it. Read it again before you sign.")
    if numbers.can_be_told() and numbers.of(agreement) is None:
        raise Missing("Compute its effect in numbers first: both sides see it before they sign.")


def _done(request, agreement, act, words):
    try:
        act(agreement, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return _to(agreement)


def _open_sides(agreement, user):
    """{side: words of the button} that this person may still sign for."""
    if agreement.status == Agreement.Status.DRAFT:
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
