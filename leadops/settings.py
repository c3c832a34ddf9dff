"""All settings, from the environment (see .env.example); with none set, a demo on this machine.

LEADOPS_MODE is demo (default) or production; production refuses to start with unsafe settings.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from leadops import checks, env, logs
from leadops.embedded import cluster
from leadops.pipeline import (  # noqa: F401
    COMPUTATIONS,
    LEAD_FACTS,
    LEAD_PIPELINE,
    MODEL_STANDINGS,
    PERSONAL,
    PERSONAL_BESIDE,
    RETENTION,
    SCORE_WANTED,
    TEACHING_REASONS,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
env.read_file(BASE_DIR / ".env")

MODE = env.text("LEADOPS_MODE", "demo")
if MODE not in ("demo", "production"):
    raise ImproperlyConfigured(f"LEADOPS_MODE must be demo or production, not {MODE!r}.")
PRODUCTION = MODE == "production"

DEBUG = env.flag("DEBUG")
DEMO_KEY = "demo-only-never-for-real-leads-0123456789-abcdefghijklmnopq"
SECRET_KEY = env.text("SECRET_KEY", "" if PRODUCTION else DEMO_KEY)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "accounts",
    "leads",
    "intake",
    "scoring",
    "handoff",
    "notify",
    "insights",
    "leadops",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles: it serves static files in its place.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_fsm",
    "django_htmx",
    "template_partials",
    "django_filters",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Against BREACH it adds random bytes to each answer, and tokens change with each page.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the first who reads what was sent.
    "leadops.middleware.Bounds",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "leadops.middleware.LoginRequired",
    "leadops.middleware.PrivatePages",
    "leadops.middleware.Toasts",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.ReaderTimeZone",
]

ROOT_URLCONF = "leadops.urls"
WSGI_APPLICATION = "leadops.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "leadops.templatetags.look",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadops.context.shell",
            ],
        },
    }
]

# templates/django/forms/widgets
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

EMBEDDED_IN_PRODUCTION = env.flag("EMBEDDED_IN_PRODUCTION")
DATABASE_URL = env.text("DATABASE_URL")
DATABASES = {
    "default": {
        **(env.database(DATABASE_URL) if DATABASE_URL else cluster.database(VAR / "pg")),
        "CONN_MAX_AGE": env.number("DATABASE_KEEP_SECONDS", 600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits are counted here, so it must be one for all processes.
CACHE_URL = env.text("CACHE_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache"
        if CACHE_URL
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_URL or "cache",
        # Beyond it a table drops what was counted, also for who must not be let in again so soon.
        **({} if CACHE_URL else {"OPTIONS": {"MAX_ENTRIES": 10_000}}),
    }
}

# Who may come in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
CSRF_FAILURE_VIEW = "leadops.views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
}
# How many proxies stand in front; the limits of sign-in, forms and visits need the reader's own
# address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXIES", 0)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
# The probe of a load balancer speaks plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        # Tabler's CSS carries its small pictures inside.
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# A scoring model of 60 rules is one form, and its conditions have many inputs.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Visits of nobody in particular

VISIT_DAYS = env.number("VISIT_DAYS", 90)

# What other systems may send over the API

API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", 600)
API_BODY_BYTES = env.number("API_BODY_BYTES", 10_000_000)

# Words and times

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", VAR / "assets"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_URL = env.text("EMAIL_URL")
if EMAIL_URL:
    globals().update(env.email(EMAIL_URL))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "leadops@localhost")

# Jobs

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "folder://localhost/")
if CELERY_BROKER_URL.startswith("folder:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker"),
        "data_folder_out": str(VAR / "broker"),
        "control_folder": str(VAR / "broker" / "control"),
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
# A task that a killed worker had begun is done again; tasks are safe to repeat.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")
CELERY_BEAT_SCHEDULE = {
    "judge stale leads": {"task": "handoff.tasks.judge_stale", "schedule": 10},
    "judge all again": {"task": "handoff.tasks.tick", "schedule": 24 * 3600},
    "begin agreement": {"task": "handoff.tasks.begin_agreement", "schedule": 60},
    "check leads": {"task": "handoff.tasks.check_leads", "schedule": 24 * 3600},
    "wake nurture": {"task": "handoff.tasks.wake_due", "schedule": 60},
    "sweep clocks": {"task": "handoff.tasks.sweep_clocks", "schedule": 60},
    "sweep events": {"task": "leads.tasks.sweep_events", "schedule": 60},
    "find duplicates": {"task": "leads.tasks.find_duplicates", "schedule": 60},
    "find all duplicates": {"task": "leads.tasks.find_all_duplicates", "schedule": 24 * 3600},
    "sweep computations": {"task": "scoring.tasks.sweep_computations", "schedule": 30},
    "forget answers of the API": {"task": "accounts.tasks.forget_answers", "schedule": 3600},
    "retain": {"task": "leads.tasks.retain", "schedule": 24 * 3600},
    "sweep imports": {"task": "intake.tasks.sweep_imports", "schedule": 30},
    "forget visits": {"task": "intake.tasks.forget_visits", "schedule": 24 * 3600},
    "sweep submissions": {"task": "intake.tasks.sweep_submissions", "schedule": 60},
}

LOGGING = logs.configure(env.text("LOG_LEVEL", "INFO").upper(), as_json=PRODUCTION)

if PRODUCTION:
    checks.refuse_if_unsafe(globals())
