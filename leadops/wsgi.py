"""The web entry point: `granian --interface wsgi leadops.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from leadops.stack import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
application = roomy(get_wsgi_application())
get_resolver().url_patterns  # noqa: B018 - loads every view now instead of at the first request
# What the program consists of is no garbage: to look through it takes as long as two pages. And a
# page makes 150,000 objects, nearly all of which are gone when it ends: to look for cycles after
# every 700 of them costs a fifth of the slowest pages.
gc.freeze()
gc.set_threshold(50_000)
