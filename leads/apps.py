"""Sees to it that a database, also an emptied one, has the rules that tell bots from people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self):
        from leads.bot_defaults import fill_in

        post_migrate.connect(fill_in, sender=self, dispatch_uid="leads.bot_defaults")
