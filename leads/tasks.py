"""Doorbells of the outbox sweep and of retention."""

from celery import shared_task
from django.utils import timezone

from leads import deliver, retention


@shared_task
def sweep_events():
    deliver.sweep()


@shared_task
def retain():
    retention.run(now=timezone.now())
