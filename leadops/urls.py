"""Every address: each app brings its own pages."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from leadops.views import healthz

# Administrators sign in like everybody else, under the same limits.
admin.site.login = secure_admin_login(admin.site.login)

PAGES = {
    "insights": "",
    "leads": "leads/",
    "intake": "imports/",
    "scoring": "scoring/",
    "handoff": "",
}

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("healthz", healthz, name="healthz"),
    *[path(at, include(f"{app}.urls")) for app, at in PAGES.items() if find_spec(f"{app}.urls")],
]
