"""Doorbells of imports and visits."""

from celery import shared_task
from django.utils import timezone

from intake import importing, jobs, visitors


@shared_task
def run_import(job_id):
    importing.run(job_id, now=timezone.now())


@shared_task
def sweep_imports():
    jobs.sweep(timezone.now())


@shared_task
def forget_visits():
    visitors.forget_old(timezone.now())
