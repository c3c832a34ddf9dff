"""Questions about leads. Visibility comes first, everywhere: `Lead.objects.visible_to(user)`."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.lookups import Lookup
from django.utils.translation import gettext_lazy as _

# Law 5: one CASE derives the queue, so every lead stands in exactly one.
QUEUES = {
    "data": Q(stage="unqualified", hold="data"),
    "pool": Q(stage="unqualified") & ~Q(hold="data"),
    "review": Q(stage="mql"),
    "inbox": Q(stage="handed_off"),
    "discovery": Q(stage="sal"),
    "pipeline": Q(stage="sql"),
    "nurture": Q(stage="nurture"),
}
QUEUE = Case(
    *[When(standing, then=Value(name)) for name, standing in QUEUES.items()],
    default=Value(""),
    output_field=models.CharField(),
)


class Passed(models.TextChoices):
    """A moment of a cycle that is counted, and whose leads can be listed."""

    MQL = "mql", _("Became MQL")
    ACCEPTED = "accepted", _("Accepted by sales")
    SQL = "sql", _("Became SQL")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    REJECTED = "rejected", _("Rejected by sales")


_MOMENTS = {Passed.MQL: "opened_at", Passed.ACCEPTED: "accepted_at", Passed.SQL: "qualified_at"}


class CountOf(Subquery):
    """How many rows a query finds, at most `most`, as a column of another query."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()

    def __init__(self, queryset, most):
        super().__init__(queryset.order_by().values("pk")[:most])


class AnyOf(Lookup):
    """`left = ANY(array)`, of a list or an array expression. Unlike IN (subquery) it lets the
    database use an index for each part of an OR; and one parameter stands for any number of ids."""

    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        if not hasattr(self.rhs, "resolve_expression"):
            return f"{left} = ANY(%s)", [*params, self.rhs]
        right, more = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", [*params, *more]


class LeadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Marketing and managers see all; a rep own leads, the team's, and those once handed over,
        also as part of another one; customer success the customers."""
        if user.is_marketer or user.is_manager:
            return self
        if user.is_rep:
            once = user.handoffs.values("lead")
            became = user.handoffs.exclude(lead__merged_into=None).values("lead__merged_into")
            mine = Q(owner=user) | Q(AnyOf(F("pk"), ArraySubquery(once)))
            mine |= Q(AnyOf(F("pk"), ArraySubquery(became)))
            if user.team_id:
                mine |= Q(team=user.team_id)
            return self.filter(mine)
        if user.has_perm("leads.view_customers"):
            return self.filter(stage="customer")
        return self.none()

    def unmerged(self):
        """Each person once: without the leads that became part of another one."""
        return self.filter(merged_into=None)

    def known_to(self, user):
        """What the user may see or has moved: an undo also works out of their sight."""
        from leads.models import LeadEvent

        moved = LeadEvent.objects.filter(lead=OuterRef("pk"), actor=user)
        return self.filter(Q(pk__in=self.visible_to(user).values("pk")) | Exists(moved))

    def offered_to(self, user):
        """Pending offers to this person or to the whole team, most urgent first."""
        offered = Q(owner=user)
        if user.team_id:
            offered |= Q(owner=None, team=user.team_id)
        return self.filter(offered, stage="handed_off").order_by("due_at", "pk")

    def offered_beside(self, user):
        """Pending offers to anybody in the person's team, to anybody at all for a manager."""
        if user.team_id is None and not user.is_manager:
            return self.offered_to(user)
        offered = self if user.is_manager else self.filter(team=user.team_id)
        return offered.filter(stage="handed_off").order_by("due_at", "pk")

    def in_queue(self, name):
        return self.filter(QUEUES[name])

    def having_passed(self, what, *, since=None, until=None, campaign=None):
        """Leads of which a cycle passed the moment `what` (Passed) in [since, until); what a merged
        lead did is its winner's. `campaign`: id of the one that brought the cycle."""
        from leads.models import Cycle

        moment = _MOMENTS.get(what, "closed_at")
        cycles = Cycle.objects.filter(**{f"{moment}__isnull": False})
        if what not in _MOMENTS:
            cycles = cycles.filter(outcome=what)
        if since:
            cycles = cycles.filter(**{f"{moment}__gte": since})
        if until:
            cycles = cycles.filter(**{f"{moment}__lt": until})
        if campaign:
            cycles = cycles.filter(campaign_id=campaign)
        theirs = cycles.filter(lead__merged_into__isnull=False).values("lead__merged_into")
        passed = cycles.values("lead").union(theirs, all=True)
        return self.unmerged().filter(pk__in=passed)

    def sources(self, most=200):
        """The sources that leads came from, by name; one probe of the index for each."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(_SOURCES.format(table=table), [most])
            return [name for (name,) in cursor.fetchall()]

    def with_queue(self):
        return self.annotate(queue_name=QUEUE)

    def matching(self, text):
        """Leads whose name, email, phone, id or company starts with every word of `text`, or those
        of a lead that became part of them."""
        from leads.models import Company
        from leads.searching import search_query

        query = search_query(text)
        if query is None:
            return self
        companies = Company.objects.filter(search=query).values_list("pk", flat=True)[:500]
        parts = self.model.objects.filter(search=query).exclude(merged_into=None)
        became = Q(AnyOf(F("pk"), ArraySubquery(parts.values("merged_into"))))
        return self.filter(Q(search=query) | Q(company__in=list(companies)) | became)

    def count_by_queue(self):
        """{queue: number of leads} in one query."""
        rows = self.order_by().values_list(QUEUE).annotate(Count("pk"))
        return {queue: n for queue, n in rows if queue}


_SOURCES = """
    WITH RECURSIVE named AS (
        (SELECT source FROM {table} WHERE source > '' ORDER BY source LIMIT 1)
        UNION ALL
        SELECT (SELECT source FROM {table} WHERE source > n.source ORDER BY source LIMIT 1)
        FROM named n WHERE n.source IS NOT NULL
    ) SELECT source FROM named WHERE source IS NOT NULL LIMIT %s
"""
