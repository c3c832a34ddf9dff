"""What the list of leads offers a reader: views, campaigns, attributes; all in one query."""

from functools import cached_property

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, JSONField

from leads.conditions.offers import Offers
from leads.models import Attribute, Campaign, SavedView


class ListOffers(Offers):
    def __init__(self, reader):
        self.reader = reader

    @cached_property
    def attributes(self):
        return [Attribute(*one) for one in self._found["attributes"]]

    @cached_property
    def campaigns(self):
        return [(str(pk), name) for pk, name in self._found["campaigns"]]

    @cached_property
    def views(self):
        """{id: SavedView} that the reader sees, own ones first."""
        views = [SavedView(*one) for one in self._found["views"]]
        views.sort(key=lambda one: (one.owner_id != self.reader.pk, one.name.lower()))
        return {one.pk: one for one in views}

    @cached_property
    def _found(self):
        return (
            get_user_model()
            .objects.filter(pk=self.reader.pk)
            .values(
                attributes=_rows(Attribute.objects.order_by("label", "code")),
                campaigns=_rows(Campaign.objects.order_by("name"), "id", "name"),
                views=_rows(SavedView.objects.seen_by(self.reader)),
            )
            .get()
        )


def _rows(queryset, *names):
    names = names or [one.attname for one in queryset.model._meta.concrete_fields]
    row = Func(*names, function="jsonb_build_array", output_field=JSONField())
    return ArraySubquery(queryset.values(row=row))
