"""Telephone numbers as keys. A number with its country code is one key however it is written.

The database makes the key (leads_phone_key) and holds it in an index; a number that is typed
without a country code gets one on its way in, when the country is known.
"""

import re

import phonenumbers
from django.db.models import CharField, Func

MOST = 40  # characters that a lead has for it


class PhoneKey(Func):
    """E.164 ("+4956155501") of a number with + or 00 and 7 to 15 digits, else NULL."""

    function = "leads_phone_key"
    output_field = CharField()


CREATE_KEY = """
    CREATE FUNCTION leads_phone_key(phone text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
        substring('+' || CASE
            WHEN phone ~ '^\\s*\\+' THEN regexp_replace(phone, '[^0-9]', '', 'g')
            WHEN phone ~ '^\\s*00[1-9]' THEN substr(regexp_replace(phone, '[^0-9]', '', 'g'), 3)
            ELSE '' END from '^\\+[1-9][0-9]{6,14}$')
"""
DROP_KEY = "DROP FUNCTION leads_phone_key(text)"


def phone_key(text):
    """The same as leads_phone_key, for a number that is no row yet; "" for none."""
    digits = re.sub("[^0-9]", "", text)
    if re.match(r"\s*\+", text):
        key = f"+{digits}"
    elif re.match(r"\s*00[1-9]", text):
        key = f"+{digits[2:]}"
    else:
        return ""
    return key if re.fullmatch(r"\+[1-9][0-9]{6,14}", key) else ""


def international(text, country=""):
    """The number with its country code; as it came when it has one, or none can be told.

    `country`: ISO 3166 alpha-2.
    """
    if text.lstrip().startswith(("+", "00")) or len(country) != 2:
        return text
    try:
        number = phonenumbers.parse(text, country.upper())
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    said = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return said if len(said) <= MOST else text


def international_of(number, fields, company):
    """The same by what is told beside it; `fields` and `company`: {column: value} of the lead and
    its company."""
    return international(number, fields.get("country") or company.get("country", ""))
