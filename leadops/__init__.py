"""The composition root: settings, urls, celery and the commands that run the whole thing."""

from leadops.celery import app as celery_app

__all__ = ["celery_app"]
