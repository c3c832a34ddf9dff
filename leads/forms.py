"""What people type about a lead: its contact facts, and notes and calls."""

from django import forms
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import activities, consents, countries, deliver, referral
from leads.changes import recording
from leads.entering import CONTACT, CONTACT_FIRST, taken_by
from leads.models import Activity, Company, Lead
from leads.phones import international


class LeadForm(forms.ModelForm):
    """Contact facts only: the stage changes by transitions, the score by rules."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    referred_by = forms.CharField(
        label=gettext_lazy("Referred by"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("The email address, or the name, of another lead."),
    )

    class Meta:
        model = Lead
        fields = CONTACT

    field_order = CONTACT_FIRST

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.user = user
        self.initial["company"] = self.instance.company.name if self.instance.company else ""
        self.initial["referred_by"] = referral.said(self.instance.referred_by, to=user)

    def clean_email(self):
        email = self.cleaned_data["email"].strip()
        if other := taken_by(self.instance, email):
            raise forms.ValidationError(self._taken(Lead.objects.filter(pk=other)))
        return email

    def clean_referred_by(self):
        if "referred_by" not in self.changed_data:
            return self.instance.referred_by
        said = self.cleaned_data["referred_by"].strip()
        return referral.found(said, of=self.instance, by=self.user)

    def clean(self):
        """Country and number are written as those of whoever arrives."""
        super().clean()
        said = countries.in_codes(self.cleaned_data)
        if {"country", "phone"} & set(self.changed_data) and said.get("phone"):
            country = said.get("country", self.instance.country)
            said["phone"] = international(said["phone"], country)
        return said

    def _get_validation_exclusions(self):
        """Whose address it is was told by the matcher."""
        return super()._get_validation_exclusions() | {"email"}

    def _post_clean(self):
        """Company and referrer are typed as words; the model's own check of them comes with
        saving."""
        typed = {name: self.cleaned_data.pop(name, None) for name in ("company", "referred_by")}
        super()._post_clean()
        self.cleaned_data |= typed | {"company": (typed["company"] or "").strip()}

    def store(self):
        """Write what was changed and nothing else, or put the error at its field and return False.

        Naming the columns matters: the lead may move while somebody edits it.
        """
        changed = [name for name in self.changed_data if name != "company"]
        if self.cleaned_data.get("phone") != self.initial.get("phone") and "phone" not in changed:
            changed.append("phone")  # its country is known now
        try:
            with transaction.atomic(), recording(f"page, {self.user.email}"[:80]):
                if "company" in self.changed_data:
                    self.instance.company = company_named(self.cleaned_data["company"])
                    changed.append("company")
                if "referred_by" in self.changed_data:
                    self.instance.referred_by = self.cleaned_data["referred_by"]
                if "email" in changed:  # a lead that became part of this one may have it
                    Lead.objects.filter(
                        merged_into=self.instance, email__iexact=self.instance.email
                    ).update(email="")
                if changed:
                    self.instance.save(update_fields=changed)
                    if "consent_basis" in changed:
                        self._tell_ledger()
                    deliver.follow("changed", [self.instance.pk])
                    deliver.announce("changed")
        except IntegrityError as error:
            if "lead_phone_once" in str(error):
                self.add_error("phone", _("Another lead has this name and number."))
            else:
                self.add_error("email", _("Another lead has this email."))
            return False
        return True

    def _tell_ledger(self):
        door = f"page, {self.user.email}"
        consents.follow([self.instance.pk], source=door, now=timezone.now(), by=self.user)

    def _taken(self, others):
        """Names the other lead only to somebody who may see it."""
        if other := others.visible_to(self.user).first():
            words = _("Another lead has this email:")
            return format_html('{} <a href="{}">{}</a>', words, other.get_absolute_url(), other)
        return _("Another lead has this email.")


class LogForm(forms.Form):
    """A note, or a call and whether somebody answered."""

    KINDS = [
        ("note", gettext_lazy("Note")),
        ("reached", gettext_lazy("Call, reached")),
        ("no_answer", gettext_lazy("Call, no answer")),
    ]
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=5000,
        required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("Write a note, log a call")}),
    )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("kind") == "note" and not data.get("body"):
            self.add_error("body", _("The note is empty."))
        return data

    def store(self, lead, *, by, now):
        kind, body = self.cleaned_data["kind"], self.cleaned_data["body"]
        activity = Activity(
            lead=lead,
            kind="note" if kind == "note" else "call",
            body=body,
            properties={} if kind == "note" else {"reached": kind == "reached"},
            by=by,
            source="page",
            happened_at=now,
            recorded_at=now,
        )
        activities.record([activity])


def company_named(name):
    """The company of that name (letter case aside), a new one, or None for an empty name."""
    if not name:
        return None
    known = Company.objects.annotate(low=Lower("name")).filter(low=name.lower()).order_by("pk")
    return known.first() or Company.objects.create(name=name, created_at=timezone.now())
