"""Forms of the knowledge pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Organisation
from opieka.accounts.queries import members_of
from opieka.knowledge.models import Article, Category
from opieka.knowledge.queries import categories_of
from opieka.knowledge.sources import sources


class ArticleForm(forms.Form):
    """The words of an article and how customers ask for it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("In short"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences that decide. The assistant begins its answer with them."),
    )
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
        help_text=_("Markdown: ## heading, **bold**, - list, 1. steps, [link](address)."),
    )
    questions = forms.CharField(
        label=_("How customers ask"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One question a line, in customers' own words."),
    )
    category: "forms.ModelChoiceField[Category]" = forms.ModelChoiceField(
        label=_("Category"), queryset=None, required=False, empty_label=_("no category")
    )
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Article.Visibility.choices)
    owner: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        label=_("Owner"), queryset=None, required=False, empty_label=_("nobody")
    )
    review_on = forms.DateField(
        label=_("Review on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, organisation: Organisation, article: Article | None = None, **kwargs: Any) -> None:
        if article:
            kwargs["initial"] = {
                name: getattr(article, name) for name in ("title", "summary", "body", "category", "visibility", "owner")
            } | {"questions": "\n".join(article.questions), "review_on": article.review_on}
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_of(organisation)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = members_of(organisation)  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    """Where to import from."""

    source = forms.ChoiceField(label=_("From"))
    where = forms.CharField(label=_("Address of the page"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A folder of the server is for the command line; a page of the shop is for everybody.
        offered = [(name, source.label) for name, source in sources().items() if source.from_browser]
        self.fields["source"].choices = offered  # type: ignore[attr-defined]
