"""Links in emails that tell whose they are: t.js hands the token back when somebody follows one."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core.signing import BadSignature, TimestampSigner

from leads.models import Lead

NAME = "ll"
DAYS = 90
_SIGNER = TimestampSigner(salt="intake.links")


def personal(url, lead):
    """The address with a token of the lead, good for 90 days."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (NAME, token(lead))]
    return urlunsplit(parts._replace(query=urlencode(query)))


def token(lead):
    return _SIGNER.sign(str(lead.pk))


def lead_of(token):
    """The lead of a token, or None for one that is no longer good, or never was."""
    try:
        pk = _SIGNER.unsign(token, max_age=DAYS * 24 * 3600)
    except BadSignature:
        return None
    return Lead.objects.filter(pk=pk).first()
