"""Who of some people is away, and who works at this moment."""

from accounts import schedules


def away(people, at):
    """Ids of those who are absent then."""
    return schedules.absent(people, at)


def at_work(people, at):
    """Ids of those whose working hours these are."""
    theirs = schedules.schedules(people)
    return {pk for pk, schedule in theirs.items() if schedules.is_working(schedule, at)}
