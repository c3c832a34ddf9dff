"""What people type about a view of the list: its condition, its name, who sees it."""

import json

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.conditions.form import ConditionRowsField
from leads.models import SavedView

LONGEST = 1_500  # of a condition in an address


class ViewForm(forms.Form):
    """Over the state of the list (a valid LeadFilter): `saved` is the view it stands in, if any."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("Everybody sees it"), required=False)

    def __init__(self, data, *, state):
        self.state, self.user = state, state.request.user
        self.saved = state.form.cleaned_data["view"]
        initial = {"where": state.condition}
        if self.saved:
            initial |= {"name": self.saved.name, "is_shared": self.saved.is_shared}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.fields["where"] = ConditionRowsField(
            label=gettext_lazy("Leads of which this holds"), required=False
        )

    @property
    def may_change(self):
        return self.saved is not None and self.saved.may_change(self.user)

    def count_by(self, count):
        self.fields["where"].widget.count = count

    def fits(self, go):
        """Can this be done? Else the error stands at its field."""
        if go == "show":
            said = json.dumps(self.cleaned_data["where"], separators=(",", ":"))
            if len(said) > LONGEST:
                self.add_error("where", _("Too long for an address. Save it as a view."))
            return not self.errors
        others = self.user.saved_views.all()
        if go == "save":
            others = self.saved.owner.saved_views.exclude(pk=self.saved.pk)
        elif others.count() >= SavedView.MOST:
            most = {"most": SavedView.MOST}
            self.add_error("name", _("You have %(most)s views. Delete one first.") % most)
        name = self.cleaned_data.get("name")
        if name == "":
            self.add_error("name", _("A view needs a name."))
        elif name and others.filter(name__iexact=name).exists():
            self.add_error("name", _("There is a view of this name already."))
        return not self.errors

    def store(self, *, as_new):
        view = SavedView(owner=self.user) if as_new else self.saved
        said = self.state.form.data
        kept = [name for name in self.state.base_filters if name not in ("view", "where")]
        view.name, view.is_shared = self.cleaned_data["name"], self.cleaned_data["is_shared"]
        view.condition = self.cleaned_data["where"]
        view.query = {name: said[name] for name in kept if said.get(name)}
        view.save()
        return view
