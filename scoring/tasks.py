"""Doorbells of computations."""

from celery import shared_task
from django.utils import timezone

from scoring import computing, forgetting


@shared_task
def run_computation(pk):
    computing.run(pk)


@shared_task
def sweep_computations():
    now = timezone.now()
    computing.sweep(now)
    forgetting.forget(now)
