"""What leads did, as another system tells it: each once, whatever is sent again or at once."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Lower

from accounts.models import User
from intake import values
from intake.people import hidden, not_yours
from leads import activities, matching
from leads.arriving import Person, arrive
from leads.models import Activity
from leads.querysets import AnyOf
from leads.refusals import Refusal

ATTEMPTS = 5
AHEAD = timedelta(hours=1)  # clocks differ


@dataclass
class Taken:
    """The answer on one: `outcome` (recorded, known), or `refusal`."""

    activity: int | None = None
    lead: int | None = None
    outcome: str = ""
    refusal: Refusal | None = None


def take_in(key, items, *, now, create=False):
    """`items`: intake.api_activities.ActivitySaid. Returns a Taken for each.

    `create`: people whom nobody knows become leads.
    """
    for attempt in range(1, ATTEMPTS + 1):
        taking = _Taking(key, items, now, create)
        try:
            with transaction.atomic():
                taking.run()
        except (IntegrityError, OperationalError):  # the same was sent at this moment: look again
            if attempt == ATTEMPTS or not connection.is_usable() or connection.needs_rollback:
                raise
        else:
            break
    return taking.taken


class _Taking:
    def __init__(self, key, items, now, create):
        self.key, self.items, self.now, self.create = key, items, now, create
        self.taken = [Taken() for _item in items]

    def run(self):
        self._find_leads()
        self._find_colleagues()
        self._refuse()
        self._find_known()
        self._record()

    def _going(self):
        return [pair for pair in zip(self.items, self.taken, strict=True) if not pair[1].refusal]

    def _find_leads(self):
        self._look()
        if self.create and (strangers := self._strangers()):
            arrive(list(strangers.values()), now=self.now, source=self.key.door,
                   system=self.key.sender, by=self.key.acts_as,
                   details={"api_key": self.key.name})  # fmt: skip
            self._look()
            for item, taken in self._going():
                one = strangers.get(_who(item.lead))
                if taken.lead is None and one and one.refusal:
                    taken.refusal = one.refusal

    def _look(self):
        refs = [item.lead for item, _taken in self._going()]
        found = matching.find(
            emails=[ref.email.strip() for ref in refs if ref.id is None],
            external_ids=[ref.external_id.strip() for ref in refs if ref.id is None],
            system=self.key.sender,
        )
        by_id = matching.standing({ref.id for ref in refs} - {None})
        for item, taken in self._going():
            ref = item.lead
            by_key = found.emails.get(ref.email.strip().lower()) or found.external_ids.get(
                ref.external_id.strip()
            )
            taken.lead = by_key if ref.id is None else by_id.get(ref.id)

    def _strangers(self):
        """{who: Person} of those who can be created; an address that is none is refused."""
        found: dict = {}
        for item, taken in self._going():
            who = _who(item.lead)
            if taken.lead is not None or item.lead.id is not None or not any(who) or who in found:
                continue
            try:
                email = values.email(who[0]) if who[0] else ""
            except values.Wrong as error:
                taken.refusal = Refusal(str(error), field="lead.email")
            else:
                found[who] = Person(email=email, external_id=who[1])
        return found

    def _find_colleagues(self):
        wanted = {item.by.strip().lower() for item in self.items} - {""}
        rows = User.objects.annotate(low=Lower("email")).filter(low__in=wanted, is_active=True)
        self.colleagues = dict(rows.values_list("low", "pk")) if wanted else {}

    def _refuse(self):
        closed = hidden(self.key, {taken.lead for taken in self.taken} - {None})
        for item, taken in self._going():
            if taken.lead is None:
                taken.refusal = Refusal("Nobody is known by this.", field="lead")
            elif taken.lead in closed:
                taken.refusal = not_yours()
            elif item.happened_at > self.now + AHEAD:
                taken.refusal = Refusal("This is in the future.", field="happened_at")
            elif item.by.strip() and item.by.strip().lower() not in self.colleagues:
                taken.refusal = Refusal("No colleague has this email address.", field="by")

    def _find_known(self):
        ids = {item.external_id for item, _taken in self._going()} - {""}
        rows = Activity.objects.filter(
            AnyOf(F("external_id"), list(ids)), source=self.key.sender
        ).exclude(external_id="")  # as the condition of the index says
        there = rows.values_list("external_id", "pk", "lead_id") if ids else []
        self.known = {external_id: (pk, lead) for external_id, pk, lead in there}

    def _record(self):
        new: dict = {}
        for number, (item, taken) in enumerate(zip(self.items, self.taken, strict=True)):
            if taken.refusal:
                continue
            if item.external_id in self.known:
                taken.activity, taken.lead = self.known[item.external_id]
                taken.outcome = "known"
                continue
            # What stands in one batch twice is one activity.
            activity = new.get(item.external_id) if item.external_id else None
            taken.outcome = "known" if activity else "recorded"
            new[item.external_id or number] = activity or self._activity(item, taken.lead)
        # In one order, so that two batches wait for each other once and not in a ring.
        made = sorted(new.values(), key=lambda one: one.external_id)
        if made:
            activities.record(made)
        for number, (item, taken) in enumerate(zip(self.items, self.taken, strict=True)):
            if not taken.refusal and taken.activity is None:
                activity = new[item.external_id or number]
                taken.activity, taken.lead = activity.pk, activity.lead_id

    def _activity(self, item, lead_id):
        return Activity(
            lead_id=lead_id,
            kind=item.kind,
            happened_at=item.happened_at,
            recorded_at=self.now,
            subject=item.subject,
            body=item.body,
            properties=item.properties,
            actor_class=item.actor,
            by_id=self.colleagues.get(item.by.strip().lower()),
            source=self.key.sender,
            external_id=item.external_id,
        )


def _who(ref):
    return ref.email.strip(), ref.external_id.strip()
