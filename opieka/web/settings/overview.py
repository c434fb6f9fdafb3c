"""The front page of the settings: every place, with a line about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opieka.accounts.access import personal


@personal
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "web/settings/overview.html")
