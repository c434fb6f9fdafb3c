"""Addresses of the chat. `/w.js` and `/widget/` stand in shops' pages: they never change."""

from django.urls import path

from opieka.portal.widget import pages, views

urlpatterns = [
    path("w.js", pages.loader, name="widget-loader"),
    path("widget/<str:key>/", pages.panel, name="widget"),
    path("widget/<str:key>/privacy/", pages.privacy, name="widget-privacy"),
    path("widget/<str:key>/session", views.session, name="widget-session"),
    path("widget/<str:key>/messages", views.messages, name="widget-messages"),
    path("widget/<str:key>/person", views.person, name="widget-person"),
    path("widget/<str:key>/answers/<int:message_id>", views.judge, name="widget-judge"),
    path("widget/<str:key>/rating", views.rate, name="widget-rating"),
    path("widget/<str:key>/contact", views.contact, name="widget-contact"),
    path("widget/<str:key>/seen", views.seen, name="widget-seen"),
    path("widget/<str:key>/typing", views.typing, name="widget-typing"),
    path("widget/<str:key>/files", views.upload, name="widget-upload"),
    path("widget/<str:key>/files/<str:signed>", views.open_file, name="widget-file"),
]
