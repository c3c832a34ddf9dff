"""A lead entered by hand: through the one way in, so that nobody is entered twice."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import matching
from leads.arriving import Person, arrive
from leads.models import Lead

KEYS = ["email", "phone"]
CONTACT = [
    "first_name",
    "last_name",
    "email",
    "phone",
    "job_title",
    "city",
    "country",
    "interest",
    "source",
    "consent_basis",
]
CONTACT_FIRST = ["first_name", "last_name", "email", "phone", "job_title", "company"]


class _Known(Exception):
    """They are there already; what was typed of them is not written over it."""


class NewLeadForm(forms.ModelForm):
    """Contact facts of somebody new."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)

    class Meta:
        model = Lead
        fields = CONTACT

    field_order = CONTACT_FIRST

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.user = user

    def clean(self):
        super().clean()
        said = self.cleaned_data
        if not (said.get("email") or said.get("phone") or self.errors):
            self.add_error("email", _("An email or a phone number is needed."))
        return said

    def _get_validation_exclusions(self):
        """Who is there already is told by the matcher (store)."""
        return super()._get_validation_exclusions() | set(KEYS)

    def _post_clean(self):
        """The company is typed by name; the model's own check of it comes with saving."""
        name = self.cleaned_data.pop("company", "")
        super()._post_clean()
        self.cleaned_data["company"] = name.strip()

    def store(self, *, now):
        """The lead that is born, or None with the error at its field."""
        person = new_person(self.cleaned_data)
        try:
            with transaction.atomic():
                arrive([person], now=now, source=f"page, {self.user.email}", by=self.user)
                if person.outcome not in ("", "created"):
                    raise _Known
        except _Known:
            self.add_error(_matched(person), known_words(person.lead, self.user))
            return None
        if person.refusal:
            self.add_error(None, person.refusal.message)
            return None
        return person.lead


def new_person(said):
    """The Person of what a form said: columns of Lead, and `company` by name."""
    facts: dict[str, Any] = {n: v for n, v in said.items() if n not in (*KEYS, "company")}
    company = said.get("company")
    return Person(
        email=said.get("email", ""),
        phone=said.get("phone", ""),
        fields=facts,
        company={"name": company} if company else {},
    )


def taken_by(lead, email):
    """The id of another lead that this address leads to, or None."""
    pk = matching.find(emails=[email]).emails.get(email.lower()) if email else None
    return pk if pk != lead.pk else None


def known_words(lead, user):
    """Names the lead only to somebody who may see it."""
    if Lead.objects.visible_to(user).filter(pk=lead.pk).exists():
        words = _("This person is known already:")
        return format_html('{} <a href="{}">{}</a>', words, lead.get_absolute_url(), lead)
    return _("This person is known already.")


def _matched(person):
    return "email" if person.email else "phone"
