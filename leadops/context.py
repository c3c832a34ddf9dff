"""The shell around every page: where this person may go, what waits there, what is in force."""

from dataclasses import dataclass

from django.db.models import DateTimeField, IntegerField, Subquery
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff import feedback
from handoff.models import Agreement
from leads.lifecycle import MQL
from leads.models import Lead
from leads.querysets import CountOf
from notify.models import Notice

MOST = 1_000  # more than anybody reads at the edge of a page, and still counted in an instant


@dataclass
class Entry:
    label: str
    icon: str
    url: str
    active: bool
    count: str = ""


def shell(request):
    """`shell.nav`, `.notices` and `.agreement`; asks the database only if a template reads them."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request):
    facts = _facts(request.user)
    return {
        "nav": list(_entries(request, facts)),
        "notices": _count(facts["unread"]),
        "agreement": _in_force(facts),
    }


def _facts(user):
    """All that the shell shows, in one query."""
    in_force = Agreement.objects.filter(status="in_force")
    offered = Lead.objects.offered_to(user)
    return (
        User.objects.filter(pk=user.pk)
        .annotate(
            review=CountOf(Lead.objects.filter(stage=MQL), MOST),
            inbox=CountOf(offered, MOST),
            feedback=CountOf(feedback.waiting_for(user), MOST),
            unread=CountOf(Notice.objects.filter(user=user, read_at=None), MOST),
            version=Subquery(in_force.values("version"), output_field=IntegerField()),
            since=Subquery(in_force.values("in_force_from"), output_field=DateTimeField()),
        )
        .values("review", "inbox", "feedback", "unread", "version", "since")
        .get()
    )


def _entries(request, facts):
    for label, icon, name, may, counted in _PAGES:
        if may(request.user):
            url = reverse(name)
            active = request.path == url or (url != "/" and request.path.startswith(url))
            yield Entry(str(label), icon, url, active, _count(facts.get(counted)))


def _count(number):
    if not number:
        return ""
    return f"{MOST - 1}+" if number >= MOST else str(number)


def _in_force(facts):
    if not facts["version"]:
        return _("No agreement in force")
    since = formats.date_format(timezone.localtime(facts["since"]), "j M Y")
    words = {"version": facts["version"], "since": since}
    return _("Agreement v%(version)s in force since %(since)s") % words


def _anybody(user):
    return True


def _markets(user):
    return user.is_marketer


def _sells(user):
    return user.is_rep


def _manages(user):
    return user.is_manager


def _administers(user):
    return user.is_staff


_PAGES = [
    (gettext_lazy("Today"), "home", "insights:today", _anybody, ""),
    (gettext_lazy("MQL review"), "filter-check", "handoff:review", _markets, "review"),
    (gettext_lazy("Sales inbox"), "inbox", "handoff:inbox", _sells, "inbox"),
    (gettext_lazy("Pipeline"), "layout-kanban", "handoff:pipeline", _sells, ""),
    (gettext_lazy("Leads"), "users", "leads:list", _anybody, ""),
    (gettext_lazy("Agreement"), "file-certificate", "handoff:agreement", _anybody, ""),
    (
        gettext_lazy("What sales told us"),
        "message-report",
        "handoff:feedback",
        _markets,
        "feedback",
    ),
    (gettext_lazy("Scoring"), "calculator", "scoring:models", _markets, ""),
    (gettext_lazy("Campaigns"), "speakerphone", "campaigns:list", _markets, ""),
    (gettext_lazy("Imports"), "file-import", "intake:list", _markets, ""),
    (gettext_lazy("Forms"), "forms", "forms:list", _markets, ""),
    (gettext_lazy("Privacy"), "lock", "privacy:page", _manages, ""),
    (gettext_lazy("Duplicates"), "copy", "duplicates:list", _markets, ""),
    (gettext_lazy("Checks"), "shield-check", "handoff:checks", _manages, ""),
    (gettext_lazy("Admin"), "settings", "admin:index", _administers, ""),
]
