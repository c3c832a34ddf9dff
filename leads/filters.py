"""What the scored list can be narrowed to. Every filter stands in the URL."""

import json
from collections.abc import Callable
from datetime import datetime, time

import django_filters as filters
from django import forms
from django.db.models import TextChoices
from django.utils.timezone import make_aware, now
from django.utils.translation import gettext_lazy as _

from leads.conditions import to_q, validate
from leads.lifecycle import Stage
from leads.models import Lead, SavedView
from leads.offering import ListOffers
from leads.querysets import QUEUES, Passed

FIT, ENGAGEMENT = "ABCD", "1234"
GRADES = [
    (_("Fit"), [(letter, letter) for letter in FIT]),
    (_("Engagement"), [(number, number) for number in ENGAGEMENT]),
    (_("Grade"), [(f"{letter}{number}",) * 2 for letter in FIT for number in ENGAGEMENT]),
]


class Sort(TextChoices):
    BEST = "-score", _("Best first")
    NEWEST = "-created_at", _("Newest")
    WAITING = "stage_at", _("Waiting longest")


class WhereField(forms.CharField):
    """A condition as compact JSON; `offers` knows the attributes that it may read."""

    offers: ListOffers

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            condition = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is no condition.")) from None
        validate(condition, self.offers.attributes)
        return condition


class ViewField(forms.IntegerField):
    """The id of one of `views` ({id: SavedView}, when called)."""

    views: Callable[[], dict[int, SavedView]]

    def to_python(self, value):
        number = super().to_python(value)
        if number is None:
            return None
        if number not in self.views():
            raise forms.ValidationError(_("There is no such view any more."))
        return self.views()[number]


class WhereFilter(filters.Filter):
    field_class = WhereField


class ViewFilter(filters.Filter):
    field_class = ViewField


class LeadFilter(filters.FilterSet):
    """Over leads that the reader may see. `cycle` (with `since`, `of_campaign`) and `referred_by`
    show the leads behind a number.

    A condition stands in the address as JSON (`where`) or by the id of a saved view (`view`).
    """

    q = filters.CharFilter(
        label=_("Search"),
        method="search",
        widget=forms.TextInput({"type": "search"}),
        max_length=100,
    )
    stage = filters.ChoiceFilter(
        label=_("Stage"), choices=Stage.choices, empty_label=_("Any stage")
    )
    grade = filters.ChoiceFilter(
        label=_("Grade"), choices=GRADES, empty_label=_("Any grade"), method="in_band"
    )
    source = filters.CharFilter(
        label=_("Source"),
        max_length=100,
        widget=forms.TextInput({"list": "sources", "placeholder": _("Any source")}),
    )
    campaign = filters.NumberFilter(
        label=_("Campaign"), field_name="campaign_id", min_value=1, max_value=2**63 - 1
    )
    owner = filters.ChoiceFilter(
        label=_("With"), choices=[("me", _("Me"))], empty_label=_("Anybody"), method="held_by"
    )
    queue = filters.ChoiceFilter(
        choices=[(name, name) for name in QUEUES], method="standing_in", widget=forms.HiddenInput
    )
    cycle = filters.ChoiceFilter(
        choices=Passed.choices, method="having_passed", widget=forms.HiddenInput
    )
    view = ViewFilter(method="as_said", widget=forms.HiddenInput)
    where = WhereFilter(method="as_said", widget=forms.HiddenInput)
    since = filters.DateFilter(method="as_said", widget=forms.HiddenInput)
    of_campaign = filters.NumberFilter(
        method="as_said", min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    referred_by = filters.NumberFilter(
        field_name="referred_by_id", min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    sort = filters.ChoiceFilter(
        label=_("Sort"), choices=Sort.choices, empty_label=None, method="as_said"
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.offers = ListOffers(self.request.user)
        self.form.fields["where"].offers = self.offers
        self.form.fields["view"].views = lambda: self.views

    @property
    def views(self):
        """{id: SavedView} that the reader sees, own ones first."""
        return self.offers.views

    @property
    def condition(self):
        """What stands in the address, else that of the view; None for none."""
        said = self.form.cleaned_data
        return said["where"] or (said["view"].condition if said["view"] else None)

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        if self.condition is None:
            return found
        return found.filter(to_q(self.condition, now=now(), attributes=self.offers.attributes))

    def offer_campaigns(self):
        """Read what can be chosen; only the whole page needs it, an answer to htmx does not."""
        choices = [("", _("Any campaign")), *self.offers.campaigns]
        self.form.fields["campaign"].widget = forms.Select(choices=choices)

    @property
    def fields(self):
        """What the filter bar shows; the search stands above, the rest goes along unseen."""
        return [
            self.form[name] for name in ("stage", "grade", "source", "campaign", "owner", "sort")
        ]

    @property
    def said(self):
        """The valid, filled-in values by name."""
        return {
            name: value for name, value in self.form.cleaned_data.items() if value not in ("", None)
        }

    def search(self, leads, name, text):
        return leads.matching(text)

    def in_band(self, leads, name, grade):
        if grade in FIT:
            return leads.filter(grade__in=[grade + number for number in ENGAGEMENT])
        if grade in ENGAGEMENT:
            return leads.filter(grade__in=[letter + grade for letter in FIT])
        return leads.filter(grade=grade)

    def held_by(self, leads, name, who):
        return leads.filter(owner=self.request.user)

    def standing_in(self, leads, name, queue):
        return leads.in_queue(queue)

    def having_passed(self, leads, name, what):
        day, campaign = (self.form.cleaned_data.get(one) for one in ("since", "of_campaign"))
        since = day and make_aware(datetime.combine(day, time()))
        return leads.having_passed(what, since=since, campaign=campaign)

    def as_said(self, leads, name, value):
        return leads
