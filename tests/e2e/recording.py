"""What happens outside of the server, in processes of their own: on its database, by its broker."""

import os
import subprocess
import sys

_BEGIN = """
import sys, time
import django
django.setup()
"""
# As an import or the API would; says when it was written.
_ACTIVITY = f"""{_BEGIN}
from django.utils import timezone
from leads import activities
from leads.models import Activity
now = timezone.now()
lead, kind = sys.argv[1:]
activities.record([Activity(lead_id=lead, kind=kind, happened_at=now, recorded_at=now)])
print(time.time())
"""
_RING = f"""{_BEGIN}
from django.utils.module_loading import import_string
import_string(sys.argv[1]).delay()
"""


def did(lead, kind, environment):
    """The lead does this now. Returns when it was written, in seconds since the epoch."""
    return float(_run(_ACTIVITY, environment, str(lead.pk), kind))


def ring(task, environment):
    """As the scheduler does when its minute has come."""
    _run(_RING, environment, task)


def _run(script, environment, *args):
    command = [sys.executable, "-c", script, *args]
    done = subprocess.run(
        command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
