"""The settings of the program, with everything that leaves the process kept inside."""

import fcntl
import os
from itertools import count

for name in ("LEADOPS_MODE", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "CACHE_URL",
             "API_REQUESTS_A_MINUTE", "API_BODY_BYTES"):  # fmt: skip
    os.environ[name] = ""  # Neither the shell nor a .env file changes what is tested.

from leadops.embedded import cluster
from leadops.settings import *
from leadops.settings import DATABASE_URL, DATABASES, INSTALLED_APPS, MIDDLEWARE, VAR

if not DATABASE_URL:
    # A cluster of its own that may lose its data: twice as fast, and no harm to a running demo.
    DATABASES["default"] |= cluster.database(VAR / "pg-test", durable=False)

# A query in a loop while answering a request is an error.
INSTALLED_APPS += ["zeal"]
MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")


def free_slot():
    """A number that no other test run on this machine has; the open file keeps it ours."""
    for slot in count():
        file = (VAR / f"test-{slot}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return slot, file


VAR.mkdir(exist_ok=True)
SLOT, SLOT_LOCK = free_slot()
DATABASES["default"]["TEST"] = {"NAME": f"test_leadops_{SLOT}"}

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Serves static files from where they are, without collecting them first.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
