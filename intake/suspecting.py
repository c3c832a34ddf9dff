"""What speaks against a person behind a submission, in words. Nothing is dropped for it."""

import re

from django.utils.translation import gettext as _

from leads.models import BotAgent

_ADDRESS = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)
_NAMES = ("lead.first_name", "lead.last_name", "lead.job_title", "lead.city", "company.name")
LINKS = 3  # in a message


def why_suspected(payload, *, trapped, hasty, user_agent):
    """ "Filled in what nobody sees; …", or ""."""
    signs = {
        _("It filled in a field that nobody sees"): trapped,
        _("It was sent twice within two seconds"): hasty,
        _("Its program is on the list of bots"): _is_listed(user_agent.lower()),
        _("A web address stands in place of a name"): any(
            _ADDRESS.search(payload.get(name, "")) for name in _NAMES
        ),
        _("Its message is full of links"): len(_ADDRESS.findall(payload.get("message", "")))
        >= LINKS,
    }
    return "; ".join(words for words, holds in signs.items() if holds)


def _is_listed(agent):
    listed = BotAgent.objects.filter(active=True).values_list("text", flat=True)
    return bool(agent) and any(text.lower() in agent for text in listed)
