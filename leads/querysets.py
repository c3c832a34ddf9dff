"""Questions about leads. Visibility comes first, everywhere: `Lead.objects.visible_to(user)`."""

from django.db import models
from django.db.models import Case, Count, Q, Subquery, Value, When

# Law 5: one CASE derives the queue, so every lead stands in exactly one.
QUEUE = Case(
    When(stage="unqualified", hold="data", then=Value("data")),
    When(stage="unqualified", then=Value("pool")),
    When(stage="mql", then=Value("review")),
    When(stage="handed_off", then=Value("inbox")),
    When(stage="sal", then=Value("discovery")),
    When(stage="sql", then=Value("pipeline")),
    When(stage="nurture", then=Value("nurture")),
    default=Value(""),
    output_field=models.CharField(),
)


class CountOf(Subquery):
    """How many rows a query finds, at most `most`, as a column of another query."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()

    def __init__(self, queryset, most):
        super().__init__(queryset.order_by().values("pk")[:most])


class LeadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Marketing and managers see all; a rep own leads, the team's, and those once handed over;
        customer success the customers."""
        if user.is_marketer or user.is_manager:
            return self
        if user.is_rep:
            mine = Q(owner=user) | Q(pk__in=user.handoffs.values("lead"))
            if user.team_id:
                mine |= Q(team=user.team_id)
            return self.filter(mine)
        if user.has_perm("leads.view_customers"):
            return self.filter(stage="customer")
        return self.none()

    def offered_to(self, user):
        """Pending offers to this person or to the whole team, most urgent first."""
        offered = Q(owner=user)
        if user.team_id:
            offered |= Q(owner=None, team=user.team_id)
        return self.filter(offered, stage="handed_off").order_by("due_at", "pk")

    def with_queue(self):
        return self.annotate(queue_name=QUEUE)

    def matching(self, text):
        """Leads whose name, email, phone, id or company starts with every word of `text`."""
        from leads.models import Company
        from leads.searching import search_query

        query = search_query(text)
        if query is None:
            return self
        companies = Company.objects.filter(search=query).values_list("pk", flat=True)[:500]
        return self.filter(Q(search=query) | Q(company__in=list(companies)))

    def count_by_queue(self):
        """{queue: number of leads} in one query."""
        rows = self.order_by().values_list(QUEUE).annotate(Count("pk"))
        return {queue: n for queue, n in rows if queue}
