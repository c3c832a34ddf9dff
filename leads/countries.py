"""Countries as ISO 3166 alpha-2 codes, which routing and telephone numbers know."""

import gettext
from functools import cache

import pycountry

LANGUAGES = ["de", "fr", "es", "it", "nl", "pt", "pl", "cs", "bg"]
# What people write and the standard does not know.
EVERYDAY = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "czech republic": "CZ",
    "holland": "NL",
    "the netherlands": "NL",
    "russia": "RU",
    "south korea": "KR",
    "north korea": "KP",
    "vietnam": "VN",
    "turkey": "TR",
    "ivory coast": "CI",
    "macedonia": "MK",
    "brd": "DE",
}


def code_of(text):
    """The code of a country by its code or name; "" when that is no country."""
    return _codes().get(text.strip().casefold(), "")


def normal(text):
    """The code where there is one, else the text as it came."""
    return code_of(text) or text


def in_codes(facts):
    """Columns of a lead or a company, the country among them as its code."""
    return facts | {"country": normal(facts["country"])} if facts.get("country") else facts


@cache
def _codes():
    found = {}
    for language in LANGUAGES:
        names = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        )
        for one in pycountry.countries:
            for name in (one.name, getattr(one, "common_name", one.name)):
                found.setdefault(names.gettext(name).casefold(), one.alpha_2)
    for one in pycountry.countries:
        for name in ("name", "official_name", "common_name", "alpha_3", "alpha_2"):
            if said := getattr(one, name, ""):
                found[said.casefold()] = one.alpha_2
    return found | EVERYDAY
