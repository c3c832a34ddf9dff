"""The working hours of the demo people, by the time zone that each lives in."""

from datetime import time

from accounts.models import WorkCalendar, WorkHours

WHOLE_DAY = [(time(9), time(18))]
WITH_LUNCH = [(time(8, 30), time(12, 30)), (time(13, 30), time(17, 30))]

# time zone: country, region, hours from Monday to Friday
OFFICES = {
    "Europe/Sofia": ("BG", "", WHOLE_DAY),
    "Europe/Berlin": ("DE", "HE", WHOLE_DAY),
    "Europe/Stockholm": ("SE", "", WHOLE_DAY),
    "Europe/Prague": ("CZ", "", WHOLE_DAY),
    "Europe/Vienna": ("AT", "", WITH_LUNCH),
    "Europe/Warsaw": ("PL", "", WHOLE_DAY),
    "Europe/London": ("GB", "ENG", WHOLE_DAY),
}


def open_offices():
    """Create the calendars. Returns {time zone: WorkCalendar}."""
    offices = {
        zone: WorkCalendar.objects.create(
            name=zone.split("/")[1], time_zone=zone, country=country, subdivision=region
        )
        for zone, (country, region, _hours) in OFFICES.items()
    }
    WorkHours.objects.bulk_create(
        WorkHours(calendar=offices[zone], weekday=day, opens=opens, closes=closes)
        for zone, (_country, _region, hours) in OFFICES.items()
        for day in range(5)
        for opens, closes in hours
    )
    return offices
