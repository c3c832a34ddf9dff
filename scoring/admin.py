"""Where managers edit scoring models: rules as rows, published versions read-only."""

from django.contrib import admin, messages
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scoring import versions
from scoring.models import Rule, RuleGroup, ScoringModel
from scoring.models.model import MOST_RULES
from scoring.scores import in_words


class OnlyDrafts:
    """A published version is shown and not changed; the database holds the same."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_published(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_published(obj)


class Part(OnlyDrafts):
    """A row of a model: added to a draft only."""

    extra = 1

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not _is_published(obj)


class RuleGroupInline(Part, admin.TabularInline):
    model = RuleGroup
    extra = 0


class RuleInline(Part, admin.StackedInline):
    model = Rule
    max_num = MOST_RULES
    readonly_fields = ["in_words"]

    def get_fieldsets(self, request, obj=None):
        condition = "condition" if self.has_change_permission(request, obj) else "in_words"
        rows = [("kind", "name"), ("points", "cap", "order"), ("decay", "decay_days", "group")]
        return [(None, {"fields": [*rows, condition]})]

    def formfield_for_foreignkey(self, db_field, request, **options):
        """Only the groups of this model, read once for all rows."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field and db_field.name == "group":
            model = request.resolver_match.kwargs.get("object_id")
            field.queryset = RuleGroup.objects.filter(model=model)
            field.choices = list(field.choices)  # type: ignore[arg-type]
        return field

    @admin.display(description=gettext_lazy("condition"))
    def in_words(self, rule):
        return in_words(rule, None) if rule.pk else ""


@admin.register(ScoringModel)
class ScoringModelAdmin(OnlyDrafts, admin.ModelAdmin):
    list_display = ["__str__", "state", "number_of_rules", "published_at"]
    ordering = ["-version"]
    inlines = [RuleGroupInline, RuleInline]
    actions = ["duplicate_as_draft"]
    readonly_fields = ["version", "published_at"]
    fieldsets = [
        (None, {"fields": [("name", "version", "published_at"), ("fit_cap", "engagement_cap")]}),
        (
            gettext_lazy("Bands: points from which a lead gets the grade"),
            {
                "fields": [
                    ("fit_a", "fit_b", "fit_c"),
                    ("engagement_1", "engagement_2", "engagement_3"),
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["admin.css"]}

    def view_on_site(self, obj):
        """To the page of this version: what its rules find, test bench, preview."""
        return reverse("scoring:model", args=[obj.version])

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(rule_count=Count("rules"))

    def save_model(self, request, model, form, change):
        if not change:
            model.version = versions.next_version()
        super().save_model(request, model, form, change)

    @admin.display(description=gettext_lazy("state"))
    def state(self, model):
        return _("Published") if model.is_published else _("Draft")

    @admin.display(description=gettext_lazy("rules"))
    def number_of_rules(self, model):
        return model.rule_count

    @admin.action(description=gettext_lazy("Duplicate as draft"), permissions=["add"])
    def duplicate_as_draft(self, request, queryset):
        drafts = [str(versions.duplicate(model)) for model in queryset.order_by("version")]
        made = ngettext("New draft: %s.", "New drafts: %s.", len(drafts))
        messages.success(request, made % ", ".join(drafts))


def _is_published(obj):
    return isinstance(obj, ScoringModel) and obj.is_published
