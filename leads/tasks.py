"""Doorbell of the outbox sweep."""

from celery import shared_task

from leads import deliver


@shared_task
def sweep_events():
    deliver.sweep()
