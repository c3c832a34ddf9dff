"""The server under the browser tests: the program's own settings, on the tests' database."""

import os
from pathlib import Path

from leadops.embedded import cluster
from leadops.settings import *
from leadops.settings import DATABASE_URL, DATABASES, VAR

FOLDER = Path(os.environ["E2E_FOLDER"])
if not DATABASE_URL:
    DATABASES["default"] |= cluster.database(VAR / "pg-test", durable=False)
DATABASES["default"]["NAME"] = os.environ["E2E_DATABASE"]

STATIC_ROOT, MEDIA_ROOT = FOLDER / "static", FOLDER / "media"
CELERY_BROKER_URL = "folder://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(FOLDER / "broker"),
    "data_folder_out": str(FOLDER / "broker"),
    "control_folder": str(FOLDER / "control"),
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BEAT_SCHEDULE_FILENAME = str(FOLDER / "beat")
