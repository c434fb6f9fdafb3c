"""Every address, door by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("opieka.web.urls")),
    path("", include("opieka.portal.urls")),
    path("", include("opieka.api.urls")),
    path("", include("opieka.demo.urls")),
]
