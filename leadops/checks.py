"""What makes a production start unsafe; settings.py refuses to load while any of it is true."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def refuse_if_unsafe(settings: dict[str, Any]) -> None:
    """Raise ImproperlyConfigured naming all that is wrong, so that one look is enough."""
    if wrong := problems(settings):
        listed = "\n".join(f"  - {problem}" for problem in wrong)
        raise ImproperlyConfigured(f"Not safe for production (see .env.example):\n{listed}")


def problems(settings: dict[str, Any]) -> list[str]:
    """Sentences that name the environment variable to set and why."""
    key = settings["SECRET_KEY"]
    hosts = settings["ALLOWED_HOSTS"]
    found = {
        "SECRET_KEY must be set: at least 50 random characters.": (
            len(key) < 50 or len(set(key)) < 10 or key.startswith("demo-")
        ),
        "DEBUG must be off: it shows code and settings to anybody.": settings["DEBUG"],
        "ALLOWED_HOSTS must name the host names people use.": not hosts,
        "ALLOWED_HOSTS must not be *: any host name would be believed.": "*" in hosts,
        "DATABASE_URL must be set (or EMBEDDED_IN_PRODUCTION=yes for a trial).": (
            "EMBEDDED" in settings["DATABASES"]["default"]
            and not settings["EMBEDDED_IN_PRODUCTION"]
        ),
        "CELERY_BROKER_URL must be set (or EMBEDDED_IN_PRODUCTION=yes for a trial).": (
            settings["CELERY_BROKER_URL"].startswith("folder:")
            and not settings["EMBEDDED_IN_PRODUCTION"]
        ),
        "EMAIL_URL must be set: mail would only be written to files.": (
            settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
        ),
    }
    return [sentence for sentence, wrong in found.items() if wrong]
