"""What pages tell people: moves in a toast, activities, moments; the same on every page."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from leads.lifecycle import HANDED_OFF, NURTURE, SAL, SQL
from leads.models import Activity
from leads.perform import transitions


def told(lead, name):
    """ "Handed off: Radek Bartoš, to Piotr Zieliński, who decides by 22 May 10:21." """
    words = {
        "done": transitions()[name].custom["done"],
        "lead": lead.title,
        "where": lead.get_stage_display(),
        "to": lead.owner or lead.team,
        "at": moment(lead.due_at) if lead.due_at else "",
        "day": day(lead.due_at) if lead.due_at else "",
    }
    if lead.stage == HANDED_OFF:
        return _("%(done)s: %(lead)s, to %(to)s, who decides by %(at)s.") % words
    if lead.stage == NURTURE and name == "recycle":
        return _("%(done)s: %(lead)s, back on %(day)s.") % words
    if lead.stage == NURTURE:
        return _("%(done)s: %(lead)s, to nurture, back on %(day)s.") % words
    if lead.stage == SAL:
        return _("%(done)s: %(lead)s, discovery call %(at)s.") % words
    if lead.stage == SQL:
        return _("%(done)s: %(lead)s, next step %(at)s.") % words
    if words["done"] == words["where"]:
        return _("%(done)s: %(lead)s.") % words
    return _("%(done)s: %(lead)s, now %(where)s.") % words


def did(kind, subject):
    """Attended a webinar “Peak-load tariffs”; but: Visited /pricing."""
    label = Activity.Kind(kind).label
    if not subject:
        return label
    return f"{label} {subject}" if subject.startswith("/") else f"{label} “{subject}”"


def kind_icon(kind):
    """The icon beside what a lead did, or what was done with it."""
    return KIND_ICONS.get(kind, "circle-dot")


def moment(at):
    """22 May 10:21, in the reader's zone."""
    return formats.date_format(timezone.localtime(at), "j M H:i")


def day(at):
    return formats.date_format(timezone.localtime(at), "j M Y")


KIND_ICONS = {
    "page_view": "world",
    "form": "forms",
    "download": "download",
    "webinar": "video",
    "event": "calendar-event",
    "email_open": "mail-opened",
    "email_click": "click",
    "email_reply": "mail",
    "call": "phone-call",
    "meeting": "users",
    "contact_request": "hand-stop",
    "demo_request": "hand-stop",
    "note": "note",
}
