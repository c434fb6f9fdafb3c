"""The small signs every page is made of: icons, avatars, channel marks, sums, moments, and shells with a content.

Tags that stand in long lists build their HTML here; a template for each would cost an inbox of fifty rows
some hundred renderings.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from opieka.channels.registry import channels
from opieka.web import formats
from opieka.web.icons import has_icon, icon_svg

register = template.Library()


# --- signs -------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """`{% icon "inbox" 20 %}`: 20 in the rail, 16 as a rule, 14 in meta, 12 in chips."""
    return icon_svg(name, size, css)


@register.simple_tag
def channel_mark(kind: str, label: str = "") -> SafeString:
    """`{% channel_mark "email" %}`: the square mark of a channel, its name read aloud."""
    channel = channels().get(kind)
    name = getattr(channel, "icon", "message-circle")
    return format_html(
        '<span class="channel hue-{}" role="img" aria-label="{}">{}</span>',
        getattr(channel, "hue", None) or formats.hue_of(kind),
        label or getattr(channel, "label", kind),
        icon_svg(name if has_icon(name) else "message-circle", 12),
    )


@register.simple_tag
def avatar(name: str, size: int = 36, *, kind: str = "person", channel: str = "", presence: str = "") -> SafeString:
    """`{% avatar customer.name 36 channel="email" %}`; sizes 24, 28, 36, 44; kinds person, company, me, bot.

    The initials are hidden from screen readers: the name always stands in words beside them.
    """
    inside = icon_svg("bot", 16) if kind == "bot" else formats.initials_of(name)
    return format_html(
        '<span class="avatar size-{} hue-{} {}"><span aria-hidden="true">{}</span>{}{}</span>',
        size,
        formats.hue_of(name),
        kind,
        inside,
        channel_mark(channel) if channel else "",
        presence_dot(presence),
    )


def presence_dot(presence: str) -> SafeString:
    """A dot for "here" or "away", in words too; nothing for anything else."""
    words = {"here": _("available"), "away": _("away")}
    if presence not in words:
        return mark_safe("")
    return format_html(
        '<span class="presence {}"></span><span class="visually-hidden">{}</span>', presence, words[presence]
    )


@register.simple_tag
def mark(size: int = 36, *, tile: bool = True) -> SafeString:
    """`{% mark 36 %}`: the brand's sign, an open ring that holds a dot; without a tile it takes the text's colour."""
    return mark_safe(render_to_string("ui/mark.html", {"size": size, "tile": tile}))  # noqa: S308 - our template.


@register.simple_tag
def moment(when: datetime | None) -> SafeString:
    """`{% moment message.sent_at %}`: a `<time>` with the short distance, the full moment in its title."""
    if when is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        when.isoformat(timespec="seconds"),
        formats.full_moment(when),
        formats.short_moment(when),
    )


# --- words -------------------------------------------------------------------
@register.filter
def money(minor: int | None, currency: str = "PLN") -> str:
    """`{{ order.total|money:order.currency }}`: integer minor units; an unknown sum is a dash."""
    return "–" if minor is None else formats.money_text(minor, currency)


@register.filter
def ago(when: datetime | None) -> str:
    return "" if when is None else formats.short_moment(when)


@register.filter
def day(when: date | None) -> str:
    """A date or moment as a day: "22.11.2026"."""
    return "" if when is None else formats.full_day(when)


@register.filter
def clock(when: datetime | None) -> str:
    """The hour and minute here: "14:05"."""
    return "" if when is None else f"{timezone.localtime(when):%H:%M}"


@register.filter
def initials(name: str) -> str:
    return formats.initials_of(name)


@register.filter
def hue(name: str) -> str:
    """The class of the series colour that stays with a name: `<span class="chip tag {{ tag|hue }}">`."""
    return f"hue-{formats.hue_of(str(name))}"


@register.filter(needs_autoescape=True)
def sierotki(text: Any, autoescape: bool = True) -> SafeString:  # noqa: FBT001, FBT002 - Django's own signature.
    """No-break spaces where Polish typesetting wants them."""
    escaped = conditional_escape(text) if autoescape else str(text)
    return mark_safe(formats.without_orphans(escaped))  # noqa: S308 - escaped above unless the author said it is safe.


# --- shells ------------------------------------------------------------------
@register.simple_block_tag
def card(content: str, title: str = "", *, note: str = "", css: str = "") -> SafeString:
    """`{% card _("Title") note="..." %} ... {% endcard %}`."""
    return shell("ui/card.html", content, title=title, note=note, css=css)


@register.simple_block_tag
def chart(content: str, title: str, *, summary: str, css: str = "") -> SafeString:
    """`{% chart title summary=sentence %} <svg>, then <details class="chart-data"> {% endchart %}`."""
    return shell("ui/chart_card.html", content, title=title, summary=summary, css=css)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, *, css: str = "") -> SafeString:  # noqa: A002 - it is HTML's id.
    """`{% dialog "erase" title %} text, <footer> {% enddialog %}`, opened by `commandfor="erase" command="show-modal"`."""
    return shell("ui/dialog.html", content, id=id, title=title, css=css)


@register.simple_block_tag
def menu(content: str, id: str, label: str, *, css: str = "") -> SafeString:  # noqa: A002 - it is HTML's id.
    """`{% menu "more" _("More") %} items {% endmenu %}`, opened by a button with `popovertarget="more"`."""
    return shell("ui/menu.html", content, id=id, label=label, css=css)


def shell(name: str, content: str, **words: object) -> SafeString:
    return mark_safe(render_to_string(name, {"content": content, **words}))  # noqa: S308 - rendered by Django.
