"""Addresses of the customers."""

from django.urls import path

from opieka.web.customers import views

urlpatterns = [
    path("customers/", views.customers, name="customers"),
    path("customers/<int:customer_id>/", views.customer, name="customer"),
]
