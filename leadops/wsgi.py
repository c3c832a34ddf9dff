"""The web entry point: `granian --interface wsgi leadops.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from leadops.stack import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
application = roomy(get_wsgi_application())
# What the program consists of is no garbage: to look through it takes as long as two pages.
gc.freeze()
