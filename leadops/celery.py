"""The Celery app: tasks are doorbells, the work itself is a row in the database."""

import os
import warnings

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
# `make run` works as root, too; with JSON messages that is no danger.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")
TRANSPORT_ALIASES["folder"] = "leadops.broker:Transport"

app = Celery("leadops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
