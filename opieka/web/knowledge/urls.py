"""Addresses of the articles."""

from django.urls import path

from opieka.web.knowledge import views

urlpatterns = [
    path("knowledge/", views.articles, name="articles"),
    path("knowledge/new/", views.new, name="article-new"),
    path("knowledge/import/", views.bring_in, name="article-import"),
    path("knowledge/<int:article_id>/", views.article, name="article"),
    path("knowledge/<int:article_id>/archive/", views.archive, name="article-archive"),
    path("knowledge/<int:article_id>/try/", views.try_question, name="article-try"),
    path("knowledge/<int:article_id>/in/<str:language>/", views.translated, name="article-translate"),
]
