"""The whole machine on one screen: stages, and who may move a lead from where to where.

Only leads/perform.py calls these methods. Each body sets the lead's own fields for the new stage;
what other apps need or do stands in settings.LEAD_PIPELINE.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django_fsm import RETURN_VALUE, FSMField, transition

UNDO_SECONDS = 10


class Stage(models.TextChoices):
    UNQUALIFIED = "unqualified", "Unqualified"
    MQL = "mql", "MQL"
    HANDED_OFF = "handed_off", "Handed off"
    SAL = "sal", "SAL"
    SQL = "sql", "SQL"
    CUSTOMER = "customer", "Customer"
    NURTURE = "nurture", "Nurture"
    DISQUALIFIED = "disqualified", "Disqualified"
    LOST = "lost", "Lost"


class Hold(models.TextChoices):
    """What a lead waits for before the system may qualify it again."""

    NONE = "", "Nothing"
    DATE = "date", "A date"
    POINTS = "points", "New activities"
    DATA = "data", "Data fixed"
    FOREVER = "forever", "For ever"


UNQUALIFIED, MQL, HANDED_OFF, SAL, SQL, CUSTOMER, NURTURE, DISQUALIFIED, LOST = Stage
MOVES_WITH_REASON = ["reject", "recycle", "demote", "disqualify", "reopen", "lose"]
UNDOABLE = ["hand_off", "recall", "accept", "reject", "recycle", "disqualify"]


def marketer(lead, user):
    return user.is_marketer


def manager(lead, user):
    return user.is_manager


def rep(lead, user):
    return user.is_rep


def receiver(lead, user):
    """The assignee; any rep of the team when offered to the team; a manager."""
    offered_to_team = lead.owner_id is None and lead.team_id == user.team_id
    return user.is_manager or (user.is_rep and (lead.owner_id == user.pk or offered_to_team))


def owner_or_manager(lead, user):
    return user.is_manager or (user.is_rep and lead.owner_id == user.pk)


def owner_or_marketer(lead, user):
    """Marketing keeps what it has not handed off; sales what it took."""
    return (
        user.is_marketer
        if lead.stage in (UNQUALIFIED, MQL, NURTURE)
        else owner_or_manager(lead, user)
    )


def recycler(lead, user):
    return user.is_marketer if lead.stage == MQL else owner_or_manager(lead, user)


def nobody(lead, user):
    """The system's alone."""
    return False


def anyone(lead, user):
    """Undo: perform itself asks for the same actor."""
    return True


stage_field = FSMField(
    "stage", choices=Stage, default=Stage.UNQUALIFIED, protected=True, editable=False, max_length=12
)


def move(source, target, who, label, done, order, *, system=False):
    """Declare a transition. `done` is the word of toast and timeline; `system`: may act alone."""
    custom = {"label": label, "done": done, "order": order, "system": system}
    return transition(
        field=stage_field, source=source, target=target, permission=who, custom=custom
    )


class LeadLifecycle(models.Model):
    """The lifecycle fields of a lead and the declared transitions, in the order of a lead's way."""

    stage = stage_field
    stage_at = models.DateTimeField()  # when it came into this stage
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
        db_index=False,  # see Lead.Meta.indexes
    )
    team = models.ForeignKey(
        "accounts.Team",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
        db_index=False,
    )
    due_at = models.DateTimeField(null=True, blank=True)  # the next action's date; see Queue
    hold = models.CharField(max_length=8, choices=Hold, default=Hold.NONE, blank=True)
    hold_at = models.DateTimeField(null=True, blank=True)  # since when
    hold_until = models.DateTimeField(null=True, blank=True)  # for Hold.DATE

    class Meta:
        abstract = True

    def _enter(self, now, due_at=None):
        """Come into a stage: its date replaces the one before, and holds end."""
        self.stage_at, self.due_at = now, due_at
        self.hold, self.hold_at, self.hold_until = Hold.NONE, None, None

    def _give(self, user=None, team=None):
        """To a person, to a team, or (neither) back to marketing."""
        self.owner_id = user.pk if user else None
        self.team_id = user.team_id if user else team.pk if team else None

    def _hold(self, now, hold, until=None):
        self.hold, self.hold_at = hold, now if hold else None
        self.hold_until = until if hold == Hold.DATE else None

    @move([UNQUALIFIED, NURTURE], MQL, marketer, "Qualify", "Qualified", 10, system=True)
    def qualify(self, *, now, decide_by, **_):
        self._enter(now, decide_by)
        self._give()

    @move(MQL, UNQUALIFIED, marketer, "Demote", "Demoted", 95, system=True)
    def demote(self, *, now, hold=Hold.POINTS, until=None, **_):
        """Comes back when it does something new."""
        self._enter(now)
        self._give()
        self._hold(now, hold, until)

    @move(MQL, HANDED_OFF, marketer, "Approve & hand off", "Handed off", 20, system=True)
    def hand_off(self, *, now, decide_by, to_user=None, to_team=None, **_):
        self._enter(now, decide_by)
        self._give(to_user, to_team)

    @move(HANDED_OFF, MQL, marketer, "Recall", "Recalled", 25)
    def recall(self, *, now, decide_by, **_):
        self._enter(now, decide_by)
        self._give()

    @move([HANDED_OFF, SAL, SQL], RETURN_VALUE(HANDED_OFF, SAL, SQL), manager, "Reassign",
          "Reassigned", 70, system=True)  # fmt: skip
    def reassign(self, *, to_user=None, to_team=None, decide_by=None, **_):
        """The stage goes on; a pending handoff gets a new clock, later stages keep their date."""
        self._give(to_user, to_team)
        self.due_at = decide_by if self.stage == HANDED_OFF else self.due_at
        return self.stage

    @move(HANDED_OFF, SAL, receiver, "Accept", "Accepted", 30)
    def accept(self, *, now, by, discovery_at, **_):
        """A manager accepts for the assignee; what a team was offered is the taker's."""
        self._enter(now, discovery_at)
        if self.owner_id is None:
            self._give(by)

    @move(HANDED_OFF, RETURN_VALUE(NURTURE, UNQUALIFIED, DISQUALIFIED, HANDED_OFF), receiver,
          "Reject", "Rejected", 40)  # fmt: skip
    def reject(
        self, *, now, goes_to, hold="", until=None, to_user=None, to_team=None, decide_by=None, **_
    ):
        """The reason decides where to; misrouted is offered again in the same cycle."""
        self._enter(now, {NURTURE: until, HANDED_OFF: decide_by}.get(goes_to))
        self._give(to_user, to_team)
        self._hold(now, hold, until)
        return goes_to

    @move([UNQUALIFIED, MQL, NURTURE], SAL, rep, "Claim", "Claimed", 60)
    def claim(self, *, now, by, discovery_at, **_):
        self._enter(now, discovery_at)
        self._give(by)

    @move(SAL, SQL, owner_or_manager, "Qualify as SQL", "Qualified as SQL", 15)
    def qualify_sales(self, *, now, next_step_at, **_):
        self._enter(now, next_step_at)

    @move([MQL, SAL, SQL, LOST], NURTURE, recycler, "Nurture", "Given to nurture", 50)
    def recycle(self, *, now, until, hold=Hold.DATE, **_):
        self._enter(now, until)
        self._give()
        self._hold(now, hold, until)

    @move(NURTURE, MQL, nobody, "Wake", "Woken", 5, system=True)
    def wake(self, *, now, decide_by, **_):
        self._enter(now, decide_by)
        self._give()

    @move([UNQUALIFIED, MQL, NURTURE, HANDED_OFF, SAL], DISQUALIFIED, owner_or_marketer,
          "Disqualify", "Disqualified", 80, system=True)  # fmt: skip
    def disqualify(self, *, now, hold="", **_):
        self._enter(now)
        self._give()
        self._hold(now, hold)

    @move(SQL, CUSTOMER, owner_or_manager, "Win", "Won", 10)
    def win(self, *, now, **_):
        self._enter(now)

    @move(SQL, LOST, owner_or_manager, "Lose", "Lost", 45, system=True)
    def lose(self, *, now, **_):
        self._enter(now)

    @move([DISQUALIFIED, LOST], UNQUALIFIED, manager, "Reopen", "Reopened", 90)
    def reopen(self, *, now, hold=Hold.POINTS, until=None, **_):
        self._enter(now)
        self._give()
        self._hold(now, hold, until)

    @move([CUSTOMER, LOST, DISQUALIFIED], MQL, marketer, "Re-engage", "Re-engaged", 85,
          system=True)  # fmt: skip
    def reengage(self, *, now, decide_by, **_):
        self._enter(now, decide_by)
        self._give()

    @move("*", RETURN_VALUE(*Stage), anyone, "Undo", "Undone", 99)
    def undo(self, *, before, **_):
        """Back to where it was; `before` holds the lifecycle fields of the undone event."""
        for name in LIFECYCLE_FIELDS:
            value = before[name]
            if name in MOMENTS and value:
                value = datetime.fromisoformat(value)
            if name != "stage":
                setattr(self, name, value)
        return before["stage"]


MOMENTS = {"stage_at", "due_at", "hold_at", "hold_until"}
LIFECYCLE_FIELDS = [
    "stage",
    "stage_at",
    "owner_id",
    "team_id",
    "due_at",
    "hold",
    "hold_at",
    "hold_until",
]
