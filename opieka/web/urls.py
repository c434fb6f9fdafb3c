"""Pages for agents and managers."""

from django.urls import URLPattern, URLResolver, include, path

from opieka.web.alarms import alarms
from opieka.web.components.views import components

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("opieka.web.login.urls")),
    path("", include("opieka.web.settings.urls")),
    path("", include("opieka.web.start.urls")),
    path("", include("opieka.web.inbox.urls")),
    path("", include("opieka.web.customers.urls")),
    path("", include("opieka.web.figures.urls")),
    path("", include("opieka.web.knowledge.urls")),
    path("", include("opieka.web.help.urls")),
    path("alarms/", alarms, name="alarms"),
    path("komponenty/", components, name="components"),
]
