"""Who is away, and who works at this moment."""

from django.db.models import Exists, OuterRef

from accounts import schedules
from accounts.models import Absence


def is_away(at, user="pk"):
    """Over rows whose field `user` names a person: are they absent then?"""
    absences = Absence.objects.filter(user=OuterRef(user), starts_at__lte=at, ends_at__gt=at)
    return Exists(absences)


def at_work(people, at):
    """Ids of those whose working hours these are; who has no calendar always works."""
    theirs = schedules.schedules(people)
    return {pk for pk, schedule in theirs.items() if schedules.is_working(schedule, at)}
