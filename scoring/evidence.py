"""What the newest calibration of a version says of each of its rules."""

import json

from scoring.models import Computation

KIND = "calibration"


def latest(version):
    """The newest finished calibration of this version, or None."""
    done = Computation.objects.filter(kind=KIND, state=Computation.State.DONE)
    return done.filter(params__model=version).order_by("-pk").first()


def of(calibration, key):
    """The row of its report on a rule, by firing.key(rule), or None."""
    if calibration is None:
        return None
    rows = calibration.result["rules"]
    return next((row for row in rows if json.dumps(row["condition"], sort_keys=True) == key), None)
