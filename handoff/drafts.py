"""What somebody types during a call, kept as they type until the call is finished: their own alone.

Of two tabs the newer wins; what it replaces without having seen it is given back, to be told.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from handoff.models import CallDraft
from leads.words import today

LONGEST = 5_000
TAB, SEEN = "tab", "draft_at"  # which tab it is, and the draft that it saw last


@dataclass(frozen=True)
class Draft:
    data: dict = field(default_factory=dict)
    saved_at: datetime | None = None

    @property
    def seen(self):
        """What a page that shows this draft sends back."""
        return self.saved_at.isoformat() if self.saved_at else ""

    @property
    def words(self):
        """ "Draft saved 13:22:40", with its day when that is not today."""
        if self.saved_at is None:
            return ""
        pattern = "H:i:s" if self.saved_at >= today() else "j M H:i"
        at = formats.date_format(timezone.localtime(self.saved_at), pattern)
        return _("Draft saved %(at)s") % {"at": at}

    def news_to(self, typed):
        """Did another tab save it, after what this tab has seen?"""
        from_here = self.data.get(TAB) == typed.get(TAB, "")
        return self.saved_at is not None and not from_here and self.seen != typed.get(SEEN, "")

    def beside(self, typed):
        """ "Notes: “…”; …": what stands in it and not in `typed`."""
        other = {name: text for name, text in self.data.items() if name != TAB and text}
        return "; ".join(
            f"{name.replace('_', ' ').removeprefix('own-').capitalize()}: “{text}”"
            for name, text in other.items()
            if text != typed.get(name, "")
        )


def column(user):
    """The draft of this person as a column of leads, read by `of`."""
    mine = CallDraft.objects.filter(lead=OuterRef("pk"), by=user)
    return Subquery(mine.values(one=JSONObject(data="data", saved_at="saved_at")))


def of(lead):
    """The draft of a lead with its `column`; an empty one where nothing is kept."""
    if not lead.draft:
        return Draft()
    return Draft(lead.draft["data"], datetime.fromisoformat(lead.draft["saved_at"]))


@transaction.atomic
def keep(lead, typed, names, *, by, now):
    """Store the values of these names. Returns (the draft, the one that it replaces unseen)."""
    row = CallDraft.objects.select_for_update().filter(lead=lead, by=by).first()
    before = Draft(row.data, row.saved_at) if row else Draft()
    data = {name: _clean(typed[name]) for name in {*names, TAB} if name in typed}
    kept = {"data": data, "saved_at": now}
    CallDraft.objects.update_or_create(lead=lead, by=by, defaults=kept)
    return Draft(**kept), before if before.news_to(typed) else None


def forget(lead, by):
    CallDraft.objects.filter(lead=lead, by=by).delete()


def _clean(text):
    return text.replace("\x00", "")[:LONGEST]
