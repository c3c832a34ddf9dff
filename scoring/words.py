"""A score in words: the sentence above the numbers, and the short reasons in lists."""

from datetime import timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring import scores, versions

REASONS = 3
WEEK = timedelta(days=7)


def first_line(lead, ledger, *, last_at, now):
    """ "A2: right company, cooling since 12 May; “looked at prices” would make it MQL."

    The grade is that of the ledger; what was done since may have changed no point of it, so
    `last_at`, the newest activity of a person, is as known `now`.
    """
    if ledger is None:
        return _("Not scored yet.")
    words = {
        "grade": ledger.grade,
        "fit": _fit(lead)[ledger.grade[0]],
        "engagement": _engagement(int(ledger.grade[1]), last_at, now),
    }
    if not ledger.missing:
        return _("%(grade)s: %(fit)s, %(engagement)s.") % words
    labels = [f"“{_lower(rule.name or scores.in_words(rule, None))}”" for rule in ledger.missing]
    words["rules"] = _(" and ").join(labels)
    return _("%(grade)s: %(fit)s, %(engagement)s; %(rules)s would make it MQL.") % words


def standing(lead, *, last_at, now):
    """ "Right company, cooling since 12 May": the grade of a lead; "" before it has one."""
    if not lead.grade:
        return ""
    words = {
        "fit": _fit(lead)[lead.grade[0]],
        "engagement": _engagement(int(lead.grade[1]), last_at, now),
    }
    said = _("%(fit)s, %(engagement)s") % words
    return said[:1].upper() + said[1:]


def why(leads, rulebook=None):
    """{lead id: "pricing ×3, webinar, size"}: what gave points, for the page of a list.

    Two queries for all of them, three when a rule reads a custom attribute. Judged by the newest
    version and moment among them. `rulebook`: of that version, when it is read already.
    """
    scored = [lead for lead in leads if lead.scored_by]
    if not scored:
        return {}
    newest = max(lead.scored_by for lead in scored)
    if rulebook is None or rulebook.model.version != newest:
        rulebook = versions.of(newest)
    if rulebook is None:
        return {}
    now = max(lead.scored_at for lead in scored)
    found = scores.rows(rulebook, [lead.pk for lead in scored], now=now)
    return {row["lead_id"]: _reasons(scores.lines(rulebook, row)) for row in found}


def _fit(lead):
    return _FITS_COMPANY if lead.company_id else _FITS_PERSON


def _engagement(band, last_at, now):
    """What they did, and since when they are silent."""
    if last_at is None:
        return _("has done nothing yet") if band == 4 else _("active, with no dates known")
    if now - last_at <= WEEK:
        return _THIS_WEEK[band]
    pattern = _("quiet since %(day)s") if band == 4 else _("cooling since %(day)s")
    return pattern % {"day": _day(last_at, now)}


def _day(moment, now):
    """12 May, with the year when it is another one; in the reader's time zone."""
    moment, now = timezone.localtime(moment), timezone.localtime(now)
    return formats.date_format(moment, "j M" if moment.year == now.year else "j M Y")


def _reasons(lines):
    """What they did before who they are: the letter of the grade tells the latter already."""
    gave = (line for line in lines if line.points > 0)
    best = sorted(gave, key=lambda line: (line.kind == "fit", -line.points))
    return ", ".join(_short(line) for line in best[:REASONS])


def _short(line):
    """As within a sentence: "looked at prices ×3", but "ICP industry"."""
    label = _lower(line.label)
    return f"{label} ×{line.count}" if line.count > 1 else label


def _lower(label):
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


_FITS_COMPANY = {
    "A": gettext_lazy("right company"),
    "B": gettext_lazy("good company"),
    "C": gettext_lazy("company fits in part"),
    "D": gettext_lazy("not our customer so far"),
}
_FITS_PERSON = {
    "A": gettext_lazy("right fit"),
    "B": gettext_lazy("good fit"),
    "C": gettext_lazy("fits in part"),
    "D": gettext_lazy("not our customer so far"),
}
_THIS_WEEK = {
    1: gettext_lazy("very active this week"),
    2: gettext_lazy("active this week"),
    3: gettext_lazy("a little active this week"),
    4: gettext_lazy("hardly active this week"),
}
