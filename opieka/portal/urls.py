"""Addresses of this door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("opieka.portal.help.urls")),
    path("", include("opieka.portal.survey.urls")),
    path("", include("opieka.portal.widget.urls")),
]
