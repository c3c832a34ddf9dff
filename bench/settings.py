"""The program as in production, on the embedded (or given) database server, and a stopwatch."""

import os

for name in ("LEADOPS_MODE", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "CACHE_URL",
             "API_REQUESTS_A_MINUTE", "API_BODY_BYTES"):  # fmt: skip
    os.environ[name] = ""  # Neither the shell nor a .env file changes what is measured.
os.environ["LOG_LEVEL"] = "ERROR"  # 63 refusals are what is wanted

from leadops.settings import *
from leadops.settings import DATABASES, MIDDLEWARE

# Each benchmark has a database of its own (bench/database.py); servers are told by name.
DATABASES["default"]["NAME"] = os.environ.get("BENCH_DATABASE", "leadops_bench")
MIDDLEWARE.insert(0, "bench.stopwatch.Stopwatch")
# No message reaches the worker of a running demo.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str] = {}
