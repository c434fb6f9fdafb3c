"""Addresses of the help centre; other programs rely on `/pomoc/`."""

from django.urls import path

from opieka.portal.help import views

urlpatterns = [
    path("pomoc/", views.home, name="help"),
    path("pomoc/marka/<slug:slug>.css", views.brand_css, name="brand-css"),
    path("pomoc/<str:language>/", views.start, name="help-start"),
    path("pomoc/<str:language>/szukaj/", views.find, name="help-search"),
    path("pomoc/<str:language>/kategoria/<slug:slug>/", views.category, name="help-category"),
    path("pomoc/<str:language>/<slug:slug>/", views.article, name="help-article"),
    path("pomoc/<str:language>/<slug:slug>/ocena/", views.vote, name="help-vote"),
]
