"""The cells of a row as typed values, by the targets of a checked mapping."""

import re
from datetime import timedelta
from decimal import Decimal

from accounts.models import User
from intake import values
from intake.cells import Cells, fitting
from intake.limits import TEXT_VALUE
from intake.normalising import EMPLOYEES_MOST, name_parts
from leads import countries
from leads.models import Activity, Attribute, Company, Lead

AMOUNT_MOST, COST_MOST = 10**12, 10**10
_MONTH = re.compile(r"\d{4}[-/.]\d{1,2}", re.ASCII)
MOST = {
    "activity.body": 20_000,
    "cost.campaign": 120,
    "cost.note": 120,
    "cost.channel": 60,
    "history.opportunity": 120,
    "history.product": 120,
    "history.currency": 3,
    "history.reason": 200,
}


class Reader:
    """Reads rows of one file. `row` gives {target: value} of the cells that say something."""

    def __init__(self, job, typed, *, now):
        mapping = job.mapping
        self.decimal, self.order = mapping["decimal"], mapping["dates"]
        self.latest = now + timedelta(days=1)
        self.users: dict[str, User | None] = {}
        self.cells = Cells(job.columns, mapping, lambda entry: self._reader(entry, typed))

    def row(self, record):
        """Raises Rejected."""
        return dict(self.cells.of(record))

    def user(self, email):
        """The active user with this address, or None."""
        key = email.casefold()
        if key not in self.users:
            people = User.objects.filter(email__iexact=email, is_active=True)
            self.users[key] = people.select_related("team").first()
        return self.users[key]

    def _reader(self, entry, typed):
        target = entry["to"]
        owner, _, name = target.partition(".")
        if owner == "attr":
            kind = entry["kind"] if entry["kind"] != Attribute.Kind.DATE else "date"
            return self._typed("attr text" if kind == "text" else kind)
        if target in typed:
            width = _width(owner, name)
            read = self._typed(typed[target])
            return (lambda text: fitting(read(text), width)) if width else read
        most = _width(owner, name) or MOST.get(target, TEXT_VALUE)
        return lambda text: fitting(text, most)

    def _typed(self, kind):
        return {
            "attr text": lambda text: fitting(text, TEXT_VALUE),
            "email": values.email,
            "user": values.email,
            "phone": values.phone,
            "name": name_parts,
            "country": countries.normal,
            "domain": values.domain,
            "boolean": values.boolean,
            "number": lambda text: values.number(text, self.decimal),
            "amount": self._amount,
            "cost": lambda text: self._amount(text, COST_MOST),
            "count": self._count,
            "date": self._date,
            "month": self._day_or_month,
            "moment": self._moment,
        }[kind]

    def _amount(self, text, most=AMOUNT_MOST):
        amount = Decimal(str(values.number(text, self.decimal))).quantize(Decimal("0.01"))
        if not 0 <= amount < most:
            raise values.Wrong(f"“{values.short(text)}” is no amount from 0 to below {most:,}.")
        return amount

    def _count(self, text):
        count = values.number(text, self.decimal)
        if count != int(count) or not 0 <= count <= EMPLOYEES_MOST:
            raise values.Wrong(f"“{values.short(text)}” is no whole number from 0 on.")
        return int(count)

    def _date(self, text):
        return values.day(text, self.order)

    def _day_or_month(self, text):
        """A month is its first day."""
        if _MONTH.fullmatch(text):
            text = f"{text}{text[4]}01"
        return self._date(text)

    def _moment(self, text):
        at = values.moment(text, self.order)
        if at > self.latest:
            raise values.Wrong(f"“{values.short(text)}” has not come yet.")
        return at


def _width(owner, name):
    model = {"lead": Lead, "company": Company, "activity": Activity}.get(owner)
    names = {f.name: f for f in model._meta.concrete_fields} if model else {}
    found = names.get(name)
    return None if found is None or found.choices else found.max_length
