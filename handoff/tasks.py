"""Doorbells of the scheduler and of reactions."""

from celery import shared_task
from django.utils import timezone

from handoff import agreements, breaches, checking, judging, overdue, waking


@shared_task
def judge_stale(event_ids=None):
    judging.judge_stale()


@shared_task
def tick():
    judging.tick()


@shared_task
def check_leads():
    checking.ask(by=None, now=timezone.now())


@shared_task
def wake_due():
    waking.wake_due()


@shared_task
def begin_agreement():
    agreements.begin_due()


@shared_task
def sweep_clocks():
    breaches.sweep()
    overdue.sweep()
