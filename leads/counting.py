"""How many leads match a condition, without keeping anybody waiting for it."""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.conditions import to_q
from leads.paging import EXACT

PATIENCE = 3_000  # ms


def how_many(leads, condition, attributes, now):
    """ "1,204 leads match." or that it takes too long to say."""
    found = leads.filter(to_q(condition, now=now, attributes=attributes)).order_by()
    try:
        with hurried():
            number = found.values("pk")[: EXACT + 1].count()
    except OperationalError:
        return _("It takes long to find the leads that match.")
    if number > EXACT:
        return _("More than %(number)s leads match.") % {"number": f"{EXACT:,}"}
    words = ngettext("%(number)s lead matches.", "%(number)s leads match.", number)
    return words % {"number": f"{number:,}"}


@contextmanager
def hurried():
    """What the database does not answer in time raises an OperationalError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
        yield
