"""People, their calendars, and the keys of other systems. Import the models from here."""

from accounts.models.calendar import Absence, CalendarDay, WorkCalendar, WorkHours
from accounts.models.key import ApiKey, KeptAnswer
from accounts.models.people import Team, User, UserManager

__all__ = [
    "Absence",
    "ApiKey",
    "CalendarDay",
    "KeptAnswer",
    "Team",
    "User",
    "UserManager",
    "WorkCalendar",
    "WorkHours",
]
