"""Addresses of the demo shop."""

from django.urls import path

from opieka.demo import views

urlpatterns = [
    path("demo/sklep/", views.shop_page, name="demo-shop"),
    path("demo/sklep/pytania/", views.questions_page, name="demo-questions"),
]
