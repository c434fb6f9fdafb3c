"""Addresses of the help."""

from django.urls import path

from opieka.web.help import views

urlpatterns = [
    path("help/", views.start, name="guide"),
    path("help/problem/", views.problem, name="guide-problem"),
    path("help/problem/bundle/", views.bundle, name="guide-bundle"),
    path("help/<slug:slug>/", views.topic, name="guide-topic"),
]
