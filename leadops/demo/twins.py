"""Who comes in a second time, and is not recognised: what the workbench of duplicates is for."""

SHARE = 0.015  # of all who come in
_PRIVATE = "gmail.example"


def again(random, facts):
    """What comes in a second time of a person's facts: fields of capture, with `mailbox` and
    `domain` of the address."""
    return random.choice([_privately, _in_short, _misspelt, _elsewhere])(facts)


def _privately(facts):
    """From home, with the same phone."""
    return facts | {"domain": _PRIVATE, "job_title": "", "consent_basis": ""}


def _in_short(facts):
    """As colleagues write them on a list of participants."""
    first, last = facts["first_name"][0], facts["last_name"]
    return facts | {"first_name": f"{first}.", "mailbox": (first, last), "phone": ""}


def _misspelt(facts):
    """Typed in a hurry, on the phone."""
    last = facts["last_name"]
    wrong = last[:-1] if last[-1] == last[-2] else last[:-2] + last[-1] + last[-2]
    return facts | {"last_name": wrong, "mailbox": (facts["first_name"], wrong), "job_title": ""}


def _elsewhere(facts):
    """The same name in the same town, at another company: perhaps the same person."""
    return {name: facts[name] for name in ("first_name", "last_name", "mailbox", "city", "country")}
