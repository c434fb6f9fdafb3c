"""Hands `publish` its flow when Django starts."""

from django.apps import AppConfig


class Opieka(AppConfig):
    name = "opieka"
    label = "opieka"

    def ready(self) -> None:
        from opieka.flow import FLOW, GIVEN_UP
        from opieka.plumbing.events import use_flow

        use_flow(FLOW, GIVEN_UP)
