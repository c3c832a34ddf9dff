"""Why a lead did not move. Each has the HTTP status that pages and API answer with."""


class Refusal(Exception):
    """Base. `message` is a sentence for people; `field` and `url` say what to mend, and where."""

    status = 422

    def __init__(self, message, *, field="", url=""):
        super().__init__(message)
        self.message, self.field, self.url = message, field, url


class Conflict(Refusal):
    """Somebody moved the lead meanwhile."""

    status = 409


class Forbidden(Refusal):
    """Not yours to do."""

    status = 403


class Missing(Refusal):
    """A fact, a reason or a date is missing."""
