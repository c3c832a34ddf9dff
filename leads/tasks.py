"""Doorbells of the outbox sweep, of retention and of the search for duplicates."""

from celery import shared_task
from django.utils import timezone

from leads import deliver, retention
from leads.duplicates import merging, searching


@shared_task
def sweep_events():
    deliver.sweep()


@shared_task
def retain():
    retention.run(now=timezone.now())


@shared_task
def find_duplicates():
    merging.follow()
    searching.catch_up(timezone.now())


@shared_task
def find_all_duplicates():
    searching.search_all(timezone.now())
