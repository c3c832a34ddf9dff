"""Doorbells of imports, forms and visits."""

from celery import shared_task
from django.utils import timezone

from intake import confirming, importing, jobs, submitting, visitors


@shared_task
def run_import(job_id):
    importing.run(job_id, now=timezone.now())


@shared_task
def sweep_imports():
    jobs.sweep(timezone.now())


@shared_task
def mail_confirmation(submission_id):
    confirming.mail(submission_id, now=timezone.now())


@shared_task
def sweep_submissions():
    submitting.sweep(timezone.now())


@shared_task
def forget_visits():
    visitors.forget_old(timezone.now())
