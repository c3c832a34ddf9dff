"""What a card of the inbox tells of an offered lead: read in one query, said in words."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, JSONObject, Trim

from accounts.models import Absence
from accounts.schedules import absences_told
from handoff import capacity, saying
from handoff.countdown import set_clocks
from handoff.definition import IN_FORCE, definition
from handoff.models import BantAnswer
from leads.lifecycle import NURTURE
from leads.models import Activity, Cycle, LeadEvent
from leads.telling import did
from scoring import words

DEEDS = 3


def with_offer(leads, now):
    """The pending handoff of each: when it was made, and what its clock needs."""
    return leads.select_related("company", "owner__team", "team").annotate(
        pending=FilteredRelation("handoffs", condition=Q(handoffs__state="pending")),
        handoff_id=F("pending__pk"),
        kind=F("pending__kind"),
        allowed=F("pending__allowed"),
        offered_at=F("pending__created_at"),
        seen_at=F("pending__seen_at"),
        touched_at=F("pending__touched_at"),
        why_me=F("pending__why"),
        pause_starts_at=F("pending__pause__starts_at"),
        pause_ends_at=F("pending__pause__ends_at"),
        pause_reason=F("pending__pause__reason"),
        default_calendar=F("pending__agreement__calendar"),
        absences_told=absences_told(_absences(now)),
    )


def with_facts(leads, user, now):
    """All that a card tells this reader, in the one query that finds it."""
    return with_offer(leads, now).annotate(
        handoff_note=F("pending__event__note"),
        offered_by=_name("pending__event__actor"),
        pause_hours=F("pending__agreement__pause_hours"),
        cycle=FilteredRelation("cycles", condition=Q(cycles__outcome="open")),
        origin=F("cycle__origin"),
        cycle_number=F("cycle__number"),
        deeds=ArraySubquery(_deeds()),
        bant_so_far=ArraySubquery(_answers()),
        heard=Subquery(_last_time()),
        my_cap=capacity.cap_of(user.pk),
        my_taken=capacity.taken_by(user.pk, now),
        in_force=IN_FORCE,
    )


def told(leads, now):
    """The same leads, with their facts as a person would say them."""
    rules = definition(leads[0].in_force) if leads else None
    why = words.why(leads, rules and rules.rulebook)
    set_clocks(leads, now)
    for lead in leads:
        lead.said = saying.sentence(lead, lead.deeds, now)
        lead.why = why.get(lead.pk, "")
        lead.places = capacity.free_words(lead.my_cap, lead.my_taken)
        _tell_score(lead, now)
        for deed in lead.deeds:
            deed["at"] = datetime.fromisoformat(deed["at"])
            deed["words"] = did(deed["kind"], deed["subject"])
        for answer in lead.bant_so_far:
            _tell_answer(answer)
        if lead.origin != Cycle.Origin.RECYCLED:
            lead.heard = None
        if lead.heard:
            lead.heard["at"] = datetime.fromisoformat(lead.heard["at"])
    return leads


def _tell_score(lead, now):
    last = max((one["at"] for one in lead.deeds), default=None)
    lead.standing = words.standing(lead, last_at=last and datetime.fromisoformat(last), now=now)


def _tell_answer(answer):
    answer["label"] = BantAnswer.Question(answer["question"]).label
    answer["words"] = BantAnswer.Value(answer["value"]).label


def _absences(now):
    """Of who has it, as far as they touch the time that is left or over."""
    counts = Q(ends_at__gt=now) | Q(ends_at__gt=OuterRef("due_at"))
    return Absence.objects.filter(counts, user=OuterRef("owner"))


def _deeds():
    """What they did, newest first; what was done with them stands on the lead's page."""
    theirs = Activity.objects.filter(lead=OuterRef("pk"), actor_class="human", by=None)
    said = JSONObject(kind="kind", subject="subject", body="body", at="happened_at")
    latest = theirs.exclude(kind=Activity.Kind.NOTE).order_by("-happened_at", "-pk")
    return latest.values(said=said)[:DEEDS]


def _answers():
    """The latest answer to each question of BANT that somebody asked."""
    rows = BantAnswer.objects.filter(lead=OuterRef("pk"))
    said = JSONObject(
        question="question", value="value", evidence="evidence", by=_name("by"), basis="basis"
    )
    latest = rows.order_by("question", "-recorded_at", "-pk").distinct("question")
    return latest.values(said=said)


def _last_time():
    """What the one who gave it back said, in an earlier cycle."""
    back = LeadEvent.objects.filter(
        lead=OuterRef("pk"), name__in=["reject", "recycle"], target=NURTURE, undone_by=None
    )
    said = JSONObject(
        note="note",
        at="happened_at",
        actor=F("actor"),
        name=_name("actor"),
        until="details__until",
        dated="details__dated",
    )
    return back.order_by("-pk").values(said=said)[:1]


def _name(person):
    names = Concat(f"{person}__first_name", Value(" "), f"{person}__last_name")
    return Trim(names)
