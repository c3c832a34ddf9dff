"""People, and the calendars they work by. Import the models from here."""

from accounts.models.calendar import Absence, CalendarDay, WorkCalendar, WorkHours
from accounts.models.people import Team, User, UserManager

__all__ = [
    "Absence",
    "CalendarDay",
    "Team",
    "User",
    "UserManager",
    "WorkCalendar",
    "WorkHours",
]
