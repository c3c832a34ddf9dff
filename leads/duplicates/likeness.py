"""How likely two leads are one person, in percent, and by which signs. The weights are ours: signs
that agree add up, two different first names speak against it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from leads.free_mail import company_domain
from leads.phones import phone_key
from leads.searching import fold

LISTED = 45  # from here on a pair is listed
SIGNS = {
    "said": _("said by a colleague"),
    "phone": _("same phone"),
    "mailbox": _("almost the same email"),
    "name": _("same name"),
    "like_name": _("similar name"),
    "initial": _("same surname and initial"),
    "company": _("same company"),
    "city": _("same city"),
}
# Mailboxes of a company and not of a person.
SHARED = {
    *("admin", "contact", "hello", "info", "kontakt", "mail"),
    *("office", "post", "sales", "support", "team"),
}
_POINTS = {"phone": 45, "mailbox": 45, "name": 40, "like_name": 28, "initial": 25,
           "company": 20, "city": 10}  # fmt: skip
_OTHER_NAME = -40


@dataclass(frozen=True)
class Facts:
    """What is compared of a lead, folded once."""

    first: str
    last: str
    mailbox: str
    domain: str
    phone: str
    company: str
    company_id: int | None
    city: str

    @classmethod
    def of(cls, lead):
        mailbox, _at, domain = lead.email.lower().partition("@")
        return cls(
            fold(lead.first_name).strip(),
            fold(lead.last_name).strip(),
            mailbox.partition("+")[0].replace(".", ""),
            domain,
            phone_key(lead.phone),
            fold(lead.company.name).strip() if lead.company else "",
            lead.company_id,
            fold(lead.city).strip(),
        )


def likeness(one, other):
    """(percent, [signs]) of two Facts."""
    signs = []
    if one.phone and one.phone == other.phone:
        signs.append("phone")
    if _same_mailbox(one, other):
        signs.append("mailbox")
    name = _name(one, other)
    if name in _POINTS:
        signs.append(name)
    if _same_company(one, other):
        signs.append("company")
    if one.city and one.city == other.city:
        signs.append("city")
    points = sum(_POINTS[sign] for sign in signs) + (_OTHER_NAME if name == "other" else 0)
    return max(0, min(points, 99)), signs


def words(signs):
    return ", ".join(str(SIGNS[one]) for one in signs if one in SIGNS)


def _same_mailbox(one, other):
    if not one.mailbox or one.mailbox in SHARED:
        return False
    if fuzz.ratio(one.mailbox, other.mailbox) < 90:
        return False
    return fuzz.ratio(one.domain, other.domain) >= 75 or _stem(one.domain) == _stem(other.domain)


def _stem(domain):
    """acme of acme.de and acme.com"""
    return domain.rpartition(".")[0]


def _name(one, other):
    """A sign, "other" for two people's names, or "" when nobody can tell."""
    full, theirs = f"{one.first} {one.last}".strip(), f"{other.first} {other.last}".strip()
    if not full or not theirs:
        return ""
    if fuzz.token_sort_ratio(full, theirs) >= 96:
        return "name"
    if one.first and other.first and one.last == other.last and _abbreviates(one, other):
        return "initial"
    if one.first and other.first and fuzz.ratio(one.first, other.first) < 60:
        return "other"
    alike = fuzz.token_sort_ratio(full, theirs)
    whole = one.first and one.last and other.first and other.last
    return "like_name" if alike >= 84 else "other" if whole or alike < 60 else ""


def _abbreviates(one, other):
    short, long = sorted((one.first.rstrip("."), other.first.rstrip(".")), key=len)
    return len(short) == 1 and long.startswith(short)


def _same_company(one, other):
    if one.company_id and one.company_id == other.company_id:
        return True
    domain = company_domain(f"x@{one.domain}")
    if domain and domain == other.domain:
        return True
    return bool(one.company) and fuzz.token_sort_ratio(one.company, other.company) >= 90
