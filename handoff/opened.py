"""One lead of the review with all that decides about it."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from handoff import alike, panel, receiving
from handoff.definition import definition
from handoff.required import BantKnown
from handoff.review import with_cycle
from handoff.routing_targets import active_rules
from leads import activities
from leads.lifecycle import CUSTOMER, HANDED_OFF, MQL, NURTURE, SAL, SQL, Stage
from leads.models import Activity, Lead
from leads.telling import did
from scoring import scores, words
from scoring.since import RecordedSince

_ACTIVE = [MQL, HANDED_OFF, SAL, SQL, NURTURE, CUSTOMER]


def opened(user, pk, *, now, in_force=None, rules=None):
    """One lead with checklist, ledger, activities, colleagues, namesakes and receiver; in two
    queries, and one more without the active `rules` of routing.

    Raises Lead.DoesNotExist for what this person may not see.
    """
    found = definition(in_force)
    leads = Lead.objects.visible_to(user).select_related(
        "company", "owner", "team", "review__seen_by"
    )
    leads = with_cycle(panel.judged(leads, found, now)).annotate(
        did=_last_activities(),
        colleagues=_colleagues(),
        alike=alike.Alike(),
        known=BantKnown(F("pk")),
        recorded_since=RecordedSince(),
        classes=activities.classes_of_lead(),
    )
    rules = active_rules(now) if rules is None else rules
    lead = receiving.asked(leads, rules, now).get(pk=pk)
    _tell(lead)
    lead.found = found
    lead.checks = panel.checklist(lead, found)
    lead.required = panel.required(lead, found) + _bant(lead, found)
    lead.missing = [line for line in lead.required if line.state == "missing"]
    lead.present = len(lead.required) - len(lead.missing)
    if found is None or found.agreement.is_draft:
        lead.missing.insert(0, panel.Line("missing", str(_("An agreement in force"))))
    _explain(lead, found, now)
    if found and lead.stage == MQL:
        lead.receiver = receiving.receiver(lead, rules, found.agreement)
    return lead


def _tell(lead):
    for one in lead.did:
        one["at"] = datetime.fromisoformat(one["at"])
        one["words"] = did(one["kind"], one["subject"])
    for one in lead.colleagues:
        one["name"] = f"{one['first']} {one['last']}".strip() or one["email"]
        one["label"] = Stage(one["stage"]).label
    lead.alike = alike.told(lead.alike)


def _bant(lead, found):
    """A line when the agreement wants answers before the handoff."""
    wanted = found.agreement.bant_before if found else 0
    if not wanted:
        return []
    state = "met" if len(lead.known) >= wanted else "missing"
    said = {"asked": len(lead.known), "wanted": wanted}
    return [panel.Line(state, str(_("BANT answer")), _("%(asked)d of %(wanted)d") % said)]


def _explain(lead, found, now):
    """Of who is near, also what would bring it in."""
    rulebook, wanted = found and found.rulebook, []
    if found and hasattr(lead, "review") and lead.review.view == "near":
        wanted = [grade for grade in found.matrix if found.band_holds(grade)]
    since = lead.recorded_since
    lead.ledger = scores.ledger(lead, rulebook=rulebook, wanted=wanted, since=since)
    lead.first_line = words.first_line(lead, lead.ledger, last_at=activities.last_at(lead), now=now)


def _last_activities():
    mine = Activity.objects.filter(lead=OuterRef("pk"), actor_class="human")
    said = JSONObject(kind="kind", subject="subject", at="happened_at")
    return ArraySubquery(mine.order_by("-happened_at", "-pk").values(said=said)[:5])


def _colleagues():
    others = Lead.objects.filter(company=OuterRef("company"), stage__in=_ACTIVE)
    others = others.exclude(pk=OuterRef("pk")).order_by("-score", "-pk")
    said = JSONObject(
        pk="pk", first="first_name", last="last_name", email="email", grade="grade", stage="stage"
    )
    return ArraySubquery(others.values(said=said)[:4])
