"""Every address: each app brings its own pages."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from leadops.demo.people import PASSWORD, signins
from leadops.views import closed, healthz

# Administrators sign in like everybody else, under the same limits.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = "leadops"
admin.site.index_title = "Administration"

urlpatterns = [
    path("", include("insights.urls")),
    path("", include("handoff.urls")),
    path("notices/", include("notify.urls")),
    path("leads/", include("leads.urls")),
    path("campaigns/", include("leads.urls_campaigns")),
    path("privacy/", include("leads.urls_privacy")),
    path("duplicates/", include("leads.duplicates.urls")),
    path("imports/", include("intake.urls")),
    path("", include("intake.urls_visits")),
    path("forms/", include("intake.urls_forms")),
    path("f/", include("intake.urls_hosted")),
    path("scoring/", include("scoring.urls")),
    path("api/v1/", include("leadops.api")),
    path("admin/", admin.site.urls),
    path("account/email/", closed),
    path("account/", include("allauth.account.urls")),
    path("healthz", healthz, name="healthz"),
]

if not settings.PRODUCTION:
    shown = {"demo_signins": signins, "demo_password": PASSWORD}
    login = LoginView.as_view(extra_context=shown)
    urlpatterns.insert(0, path("account/login/", login, name="account_login"))
