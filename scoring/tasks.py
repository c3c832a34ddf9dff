"""Doorbells of computations."""

from celery import shared_task
from django.utils import timezone

from scoring import computing


@shared_task
def run_computation(pk):
    computing.run(pk)


@shared_task
def sweep_computations():
    computing.sweep(timezone.now())
