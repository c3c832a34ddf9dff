"""The role groups of the company and the permissions that each carries."""

from django.apps import apps

MARKETER, REP = "Marketer", "Sales rep"
MARKETING_MANAGER, SALES_MANAGER = "Marketing manager", "Sales manager"
CUSTOMER_SUCCESS = "Customer success"

_DEFINE = [
    f"{app}.{verb}_{model}"
    for app, model in (
        ("handoff", "agreement"),
        ("handoff", "matrixcell"),
        ("handoff", "qualifyingpath"),
        ("handoff", "veto"),
        ("handoff", "requiredfield"),
        ("handoff", "commitment"),
        ("handoff", "question"),
        ("handoff", "reason"),
        ("handoff", "reasondetail"),
        ("handoff", "routingrule"),
        ("handoff", "rotationseat"),
        ("scoring", "scoringmodel"),
        ("scoring", "rule"),
        ("scoring", "rulegroup"),
        ("leads", "attribute"),
        ("leads", "campaign"),
        ("leads", "campaigncost"),
        ("leads", "botrule"),
        ("leads", "botagent"),
        ("intake", "site"),
        ("intake", "siteevent"),
        ("intake", "captureform"),
        ("intake", "formfield"),
        ("intake", "consenttext"),
        ("accounts", "workcalendar"),
        ("accounts", "workhours"),
        ("accounts", "calendarday"),
        ("accounts", "absence"),
    )
    for verb in ("view", "add", "change", "delete")
]
_FORMS = ["intake.view_captureform", "intake.change_submission"]
_MARKET = ["leads.market_lead", "intake.add_importjob", "intake.view_importjob", *_FORMS]
_SELL = ["leads.sell_lead"]
_SEE_PEOPLE = ["accounts.view_user", "accounts.view_team"]
_KEYS = [f"accounts.{verb}_apikey" for verb in ("view", "add", "change")]
_CHURN = ["handoff.add_churn"]
_MANAGE = [
    "leads.manage_lead",
    "leads.erase_lead",
    *_CHURN,
    *_MARKET,
    *_SELL,
    *_DEFINE,
    *_SEE_PEOPLE,
    *_KEYS,
]

ROLES = {
    MARKETER: _MARKET,
    REP: _SELL,
    MARKETING_MANAGER: [*_MANAGE, "handoff.sign_for_marketing"],
    SALES_MANAGER: [*_MANAGE, "handoff.sign_for_sales"],
    CUSTOMER_SUCCESS: ["leads.view_customers", *_CHURN],
}


def sync_roles(app_config, **_):
    """Give each role group exactly its permissions, after the last app has made its own."""
    if app_config != [one for one in apps.get_app_configs() if one.models_module][-1]:
        return
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    for name, wanted in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(known[code] for code in wanted if code in known)
