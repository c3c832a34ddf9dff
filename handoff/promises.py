"""What the two sides promise each other, in words. The scorecard holds it against what happened."""

from django.utils.translation import gettext as _

from handoff.models import Commitment


def of_both(agreement):
    """[(label of the side, [(measure in words, value in words)])], marketing first."""
    rows: dict[str, list] = {"marketing": [], "sales": []}
    for one in agreement.commitments.all():
        rows[one.side].append((measure_words(one, agreement), value_words(one)))
    return [(_("Marketing"), rows["marketing"]), (_("Sales"), rows["sales"])]


def measure_words(commitment, agreement):
    """The grade and the attempts are those of the agreement."""
    measure = Commitment.Measure
    if commitment.measure == measure.GRADE and agreement.minimum_grade:
        return _("Of grade %s or better") % agreement.minimum_grade
    if commitment.measure == measure.ATTEMPTS:
        said = {"n": agreement.attempts, "days": agreement.attempt_days}
        return _("%(n)d attempts in %(days)d days before “unreachable”") % said
    return commitment.get_measure_display()


def value_words(commitment):
    if commitment.measure == Commitment.Measure.MQLS:
        return str(commitment.value)
    if commitment.measure in Commitment.AT_MOST:
        return _("≤ %d %%") % commitment.value
    return _("100 %") if commitment.value == 100 else _("≥ %d %%") % commitment.value
