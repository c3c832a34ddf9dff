"""The thresholds and user agents that a new database begins with (docs/activity-classes.md).

Written after each migrate, not by a migration: emptying a database takes what a migration wrote.
"""

RULES = {
    "links": {"seconds": 10, "count": 3},
    "repeats": {"seconds": 10, "count": 10},
    "delivery": {"seconds": 3},
    "head": {},
}
CRAWLERS = (
    "adsbot ahrefsbot applebot barracuda bingbot crawler duckduckbot facebookexternalhit googlebot "
    "linkedinbot mimecast proofpoint semrushbot slackbot spider telegrambot twitterbot yandexbot"
)
# Programs that a person may have had a reason to use.
CLIENTS = (
    "aiohttp apache-httpclient axios/ curl/ go-http-client headlesschrome java/ libwww-perl "
    "node-fetch phantomjs python-requests python-urllib wget/"
)


def fill_in(app_config, **_):
    """The rules that are missing, and the agents unless somebody keeps a list already."""
    from leads.models import BotAgent, BotRule

    known = set(BotRule.objects.values_list("heuristic", flat=True))
    BotRule.objects.bulk_create(
        BotRule(heuristic=name, **values) for name, values in RULES.items() if name not in known
    )
    if not BotAgent.objects.exists():
        BotAgent.objects.bulk_create(
            [BotAgent(text=text) for text in CRAWLERS.split()]
            + [BotAgent(text=text, gives="suspected") for text in CLIENTS.split()]
        )
