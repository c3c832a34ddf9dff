"""One form per transition: they parse what was typed; the gates decide.

Each is built as form(data=None, leads=[…], user=…, now=…); `cleaned_data` are the arguments of
perform. A refusal of perform goes to its field by `refuse`.
"""

from datetime import timedelta
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.roles import REP
from handoff import attempts, giving_back
from handoff.definition import definition
from leads.duplicates import merging, naming
from leads.lifecycle import DISQUALIFIED, HANDED_OFF, NURTURE, UNQUALIFIED
from leads.perform import transitions


class Moment(forms.DateTimeField):
    """Date and time in the reader's zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class Amount(forms.DecimalField):
    def __init__(self, **options):
        super().__init__(max_digits=14, decimal_places=2, min_value=0, **options)


class TwoLines(forms.Textarea):
    def __init__(self, attrs=None):
        super().__init__({"rows": 2} | (attrs or {}))


def Note():  # noqa: N802  (stands where a field class would)
    return forms.CharField(label=_("Note"), required=False, max_length=2000, widget=TwoLines)


class TransitionForm(forms.Form):
    """`at`: where a gate's field stands here under another name."""

    name = ""  # the transition, where one class serves several
    at: dict[str, str] = {}

    def __init__(self, data=None, *, leads, user, now=None, **options):
        super().__init__(data, **options)
        self.leads, self.user, self.now = leads, user, now or timezone.now()

    def refuse(self, refusal):
        """Put a refusal at its field, or above the form."""
        name = self.at.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, refusal.message)


class HandOffForm(TransitionForm):
    to = forms.ChoiceField(label=_("To whom"), required=False)
    note = Note()
    at = {"to_user": "to"}

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.reps = {f"user:{rep.pk}": rep for rep in _reps(self.leads)}
        self.teams = {f"team:{team.pk}": team for team in Team.objects.filter(side="sales")}
        cast(forms.ChoiceField, self.fields["to"]).choices = self._choices()

    def _choices(self):
        people = [(key, f"{rep}, {rep.team}") for key, rep in self.reps.items()]
        teams = [(key, str(team)) for key, team in self.teams.items()]
        return [("", _("Round robin")), (_("Person"), people), (_("Team"), teams)]

    def clean(self):
        to = self.cleaned_data.pop("to", "")
        if to in self.reps:
            self.cleaned_data["to_user"] = self.reps[to]
        elif to in self.teams:
            self.cleaned_data |= {"to_team": self.teams[to], "offer_to_team": True}
        return self.cleaned_data


class ReassignForm(HandOffForm):
    """After acceptance a lead needs a person; an offer may also go to a team or by turn."""

    def _choices(self):
        if all(lead.stage == HANDED_OFF for lead in self.leads):
            return super()._choices()
        return [("", "–"), *[(key, f"{rep}, {rep.team}") for key, rep in self.reps.items()]]


class DealForm(TransitionForm):
    """Asks for an amount, in the currency of the one deal that it is about."""

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        if currency := self._currency():
            self.fields["amount"].label = f"{self.fields['amount'].label}, {currency}"

    def _currency(self):
        if len(self.leads) != 1:
            return ""
        going = self.leads[0].opportunities.filter(status__in=["potential", "open"])
        known = getattr(self.leads[0], "currency", "")  # where the page has read it
        return known or going.values_list("currency", flat=True).first()


class QualifySalesForm(DealForm):
    next_step_at = Moment(label=_("Next step"))
    amount = Amount(label=_("Estimate"), required=False)
    note = Note()


class AttemptForm(TransitionForm):
    """Nobody answered: when to try again."""

    next_attempt_at = Moment(label=_("Next attempt"))

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["next_attempt_at"].initial = next_working_morning(self.now)


class StepForm(TransitionForm):
    """Another date for the next action of a SAL or SQL."""

    due_at = Moment(label=_("Next step"))

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["due_at"].initial = self.leads[0].due_at


class WinForm(DealForm):
    amount = Amount(label=_("Amount"), widget=forms.NumberInput(attrs={"autofocus": True}))
    note = Note()


class QualifyForm(TransitionForm):
    """A manager's reason overrides paths, holds and vetoes; others cannot give one."""

    reason = forms.CharField(label=_("Reason to override"), required=False, max_length=40)
    note = Note()

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        if not self.user.is_manager:
            del self.fields["reason"]


class RecallForm(TransitionForm):
    note = Note()


class ReengageForm(TransitionForm):
    note = Note()


class ReasonForm(TransitionForm):
    """The reason grid. `offered`: the reasons, if the caller has read them already."""

    reason = forms.CharField(label=_("Reason"), max_length=40)
    detail = forms.CharField(required=False, max_length=40)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    until = forms.DateField(label=_("Until"), required=False)
    goes_to = forms.ChoiceField(
        label=_("Goes to"),
        required=False,
        choices=[(stage.value, stage.label) for stage in (NURTURE, UNQUALIFIED, DISQUALIFIED)],
    )

    other = forms.CharField(label=_("The other lead"), required=False, max_length=254)

    def __init__(self, data=None, *, offered=None, **options):
        super().__init__(data, **options)
        self.offered = offered
        self.fields["reason"].error_messages["required"] = _("A reason is missing.")

    def clean(self):
        """Who is a duplicate is one of somebody."""
        super().clean()
        said = self.cleaned_data
        text = said.pop("other", "")
        if said.get("reason") == merging.REASON:
            said |= naming.named(text, self.user)
        if said.get("other") in self.leads:
            self.add_error("other", _("That is this lead itself."))
        return said

    @cached_property
    def reasons(self):
        """The grid with what was chosen, for components/_reasons.html."""
        offered, blocked = self.offered, {}
        if offered is None:
            found = definition()
            offered = found.offered_at(self.name) if found else []
            if any(one.code == attempts.UNREACHABLE for one in offered):
                blocked = attempts.blocked(self.leads, found.agreement)
        said = {"chosen": self["reason"].value() or "", "detail": self["detail"].value() or ""}
        return giving_back.grid(offered, self.name, self.now, blocked=blocked, **said)

    @property
    def verb(self):
        return transitions()[self.name].custom["label"]

    @property
    def question(self):
        return _QUESTIONS.get(self.name, _("Why?"))


class RejectForm(ReasonForm):
    name = "reject"


class RecycleForm(ReasonForm):
    name = "recycle"


class DisqualifyForm(ReasonForm):
    name = "disqualify"


class DemoteForm(ReasonForm):
    name = "demote"


class LoseForm(ReasonForm):
    name = "lose"


class ReopenForm(ReasonForm):
    name = "reopen"


class ChurnForm(ReasonForm):
    """No transition: the customer stays in the books, and the day and the reason are known."""

    name = "churn"
    verb = _("Record churn")
    churned_on = forms.DateField(
        label=_("Left on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["churned_on"].initial = timezone.localdate(self.now)


def next_working_morning(now):
    """10:00 of the next working day in the reader's zone."""
    day = timezone.localtime(now) + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


_QUESTIONS = {
    "reject": _("Why do you give it back?"),
    "recycle": _("Why nurture?"),
    "disqualify": _("Why disqualify?"),
    "lose": _("Why was it lost?"),
    "reopen": _("Why reopen?"),
    "churn": _("Why did they leave?"),
}


def _reps(leads):
    """Whom these leads may go to: not the one who has them."""
    reps = User.objects.filter(is_active=True, groups__name=REP, team__isnull=False)
    owners = {lead.owner_id for lead in leads}
    owner = owners.pop() if len(owners) == 1 else None
    return reps.exclude(pk=owner).select_related("team").order_by("team__name", "first_name", "pk")
