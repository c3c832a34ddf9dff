"""Doorbell of the scheduler."""

from celery import shared_task
from django.utils import timezone

from accounts import repeating


@shared_task
def forget_answers():
    repeating.forget(timezone.now())
