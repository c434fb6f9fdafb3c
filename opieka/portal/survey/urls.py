"""Addresses of surveys."""

from django.urls import path

from opieka.portal.survey import views

urlpatterns = [
    path("ankieta/<str:token>/", views.survey, name="survey"),
    path("ankieta/<str:token>/powod/", views.reasons, name="survey-reasons"),
]
