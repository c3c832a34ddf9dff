"""Who is away, and who works at this moment."""

from django.db.models import Exists, OuterRef

from accounts import schedules
from accounts.models import Absence


def is_away(at, user="pk"):
    """Over rows whose field `user` names a person: are they absent then?"""
    absences = Absence.objects.filter(user=OuterRef(user), starts_at__lte=at, ends_at__gt=at)
    return Exists(absences)


def hours_told():
    """Annotations for seats: what `hours` reads."""
    return schedules.facts("user", "user__calendar", "team__calendar")


def hours(seat):
    """The Schedule of who sits there; who has no calendar always works."""
    return schedules.schedule_by(seat, [seat.user.calendar_id, seat.team.calendar_id])


def has_hours(seat):
    """Does a calendar of the person or of the team say when they work?"""
    return any(calendar["hours"] for calendar in seat.calendars_told)
