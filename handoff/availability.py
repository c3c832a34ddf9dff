"""Who of some people is away, and who works at this moment."""


def away(people, at):
    """Ids of those who are absent then."""
    return set()


def at_work(people, at):
    """Ids of those whose working hours these are."""
    return {person.pk for person in people}
