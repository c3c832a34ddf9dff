"""Doorbells of events that somebody is told of."""

from celery import shared_task
from django.utils import timezone

from notify import reactions


@shared_task
def tell(event_ids):
    reactions.tell(event_ids, now=timezone.now())


@shared_task
def withdraw(event_ids):
    reactions.withdraw(event_ids, now=timezone.now())
