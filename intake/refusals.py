"""Why a file or its mapping is not taken."""

from leads.refusals import Refusal


class Unreadable(Refusal):
    """The file is no table that we can read; says why, and what to do."""


class Unfit(Refusal):
    """The mapping does not fit. `columns`: {column name: what is wrong}."""

    def __init__(self, message, columns=None):
        super().__init__(message)
        self.columns = columns or {}
