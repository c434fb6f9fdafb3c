"""Addresses of the first steps."""

from django.urls import path

from opieka.web.start import founding, taking, views

urlpatterns = [
    path("start/", founding.start, name="start"),
    path("start/firm/", taking.firm, name="start-firm"),
    path("start/look/", taking.look, name="start-look"),
    path("start/mailbox/", taking.mailbox, name="start-mailbox"),
    path("start/snippet/", taking.snippet, name="start-snippet"),
    path("start/answers/", taking.answers, name="start-answers"),
    path("start/trial/", taking.trial, name="start-trial"),
    path("start/<slug:name>/skip/", views.skip, name="start-skip"),
]
