"""Addresses of the figures."""

from django.urls import path

from opieka.web.figures import opened, views

urlpatterns = [
    path("figures/", views.overview, name="figures"),
    path("figures/assistant/", opened.outcome, name="outcome"),
    path("figures/<slug:kind>/", opened.figure, name="figure"),
]
