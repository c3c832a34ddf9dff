"""Every address: each app brings its own pages."""

from django.contrib import admin
from django.urls import include, path

from leadops.views import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("healthz", healthz, name="healthz"),
]
