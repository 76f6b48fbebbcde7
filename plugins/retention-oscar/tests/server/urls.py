"""The shop's addresses, and what its staff does by hand in the dashboard."""

import acts
from django.apps import apps
from django.urls import include, path

urlpatterns = [
    path("api/retention/", include("retention_oscar.companion.urls")),
    path("api/", include("oscarapi.urls")),
    path("acts/<str:name>/", acts.act),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
