"""A saved view: filters and a condition over the list of leads, by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse

from leads.conditions.field import ConditionField


class SavedViewQuerySet(models.QuerySet):
    def seen_by(self, user):
        """Own ones and those that are shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(models.Model):
    MOST = 30  # of one person

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    query = models.JSONField(default=dict)  # {name of a filter: its value, as in the address}
    condition = ConditionField(null=True, blank=True)
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="saved_view_name_once"),
            models.CheckConstraint(name="saved_view_has_name", condition=~Q(name="")),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        query = QueryDict(mutable=True)
        query.update({"view": str(self.pk), **self.query})
        return f"{reverse('leads:list')}?{query.urlencode()}"

    def may_change(self, user):
        return self.owner_id == user.pk or (self.is_shared and user.is_manager)
