"""Capture forms for tests, and how a person sends one."""

import re
from datetime import timedelta
from html import unescape

import time_machine
from django.utils import timezone

from intake.models import CaptureForm, ConsentText, FormField

SLOWLY = timedelta(seconds=8)
ANNA = {
    "lead.email": "anna@kempen.example",
    "lead.first_name": "Anna",
    "lead.last_name": "Peeters",
    "company.name": "Kempen NV",
}
TICKED = ANNA | {"consent.newsletter": "1"}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def a_form(slug="demo", *, consent="newsletter", asks=(), **fields):
    """A request for a demo: name, address, company, message, one consent. `asks`: more targets."""
    form = CaptureForm.objects.create(
        slug=slug,
        **{"name": f"The {slug}", "heading": "See it live", "kind": "demo_request"} | fields,
    )
    targets = [*ANNA, "message", *asks]
    if consent:
        a_text(consent)
        targets.append(f"consent.{consent}")
    for order, target in enumerate(targets):
        required = target == "lead.email"
        FormField.objects.create(form=form, target=target, order=order, required=required)
    return form


def a_text(name="newsletter", version=1, text="You may write to me.", purpose="marketing_email"):
    row, _made = ConsentText.objects.get_or_create(
        name=name, version=version, defaults={"text": text, "purpose": purpose}
    )
    return row


def hidden(page):
    """{name: value} of the hidden inputs of a page."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page)
    return {name: unescape(value) for name, value in found}


def opened(client, form, query="", **headers):
    """What the form on its page carries along."""
    page = client.get(form.get_absolute_url() + query, headers=BROWSER | headers)
    assert page.status_code == 200
    return hidden(page.content.decode())


def send(client, form, said=None, *, after=SLOWLY, query="", carried=None, **more):
    """Open the page, type for a while, send. `more`: other values, as name=value."""
    carried = opened(client, form, query) if carried is None else carried
    with time_machine.travel(timezone.now() + after, tick=False):
        return client.post(
            form.get_absolute_url(), carried | (ANNA if said is None else said) | more,
            headers=BROWSER,
        )  # fmt: skip


def link(mail):
    """The address on our site in an email that was delivered."""
    return re.search(r"http://testserver(\S+)", mail.get_content())[1]
