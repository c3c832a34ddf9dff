"""Shows every time in the reader's own time zone."""

import zoneinfo

from django.utils import timezone


class ReaderTimeZone:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            timezone.activate(zoneinfo.ZoneInfo(request.user.time_zone))
        except (AttributeError, ValueError, zoneinfo.ZoneInfoNotFoundError):
            timezone.deactivate()
        return self.get_response(request)
