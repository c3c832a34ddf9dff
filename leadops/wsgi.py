"""The web entry point: `granian --interface wsgi leadops.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from leadops import garbage
from leadops.stack import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
application = roomy(get_wsgi_application())
get_resolver().url_patterns  # noqa: B018  (loads every view now, not with the first request)
garbage.search_seldom()
