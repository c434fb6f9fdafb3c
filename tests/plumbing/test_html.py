"""HTML from strangers."""

import time

import pytest

from opieka.plumbing.html import bare_text, sanitise, text_of, too_deep, with_remote_pictures

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#1;javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action='https://evil.example'><input name=p><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example'</style>",
    "<div style='background:url(https://evil.example/p.png);position:fixed;color:red'>x</div>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<template><script>alert(1)</script></template>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<body background='https://evil.example/p.png'>x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_or_calls_out_survives(attack: str):
    clean = sanitise(f"<p>Dzień dobry</p>{attack}").html.lower()

    for word in ("script", "onerror", "onload", "evil.example", "javascript:", "svg", "<form", "<iframe", "position"):
        assert word not in clean
    assert "dzień dobry" in clean


def test_remote_pictures_are_only_named_and_pictures_of_the_letter_stay():
    clean = sanitise(
        '<img src="https://shop.example/logo.png"><img src="//track.example/1.gif"><img src="cid:foto@x" alt="Foto">'
        '<img src="data:image/png;base64,iVBORw0KGgo=">'
    )

    assert clean.remote_pictures == ("https://shop.example/logo.png", "https://track.example/1.gif")
    assert 'src="remote:https://shop.example/logo.png"' in clean.html
    assert 'src="http' not in clean.html
    assert "example" not in with_remote_pictures(clean.html, shown=False)
    assert 'src="https://shop.example/logo.png"' in with_remote_pictures(clean.html, shown=True)
    assert sanitise(clean.html) == clean
    assert 'src="cid:foto@x"' in clean.html
    assert "data:image/png" in clean.html


@pytest.mark.parametrize(
    ("attributes", "pixel"),
    [
        ('width="1" height="1"', True),
        ("width=0 height=0", True),
        ('style="width:1px; height:1px"', True),
        ('style="display:none"', True),
        ('width="1" height="40"', False),
        ('width="600" height="1"', False),
        ('style="border-width:0; max-width:600px"', False),
        ('alt="height=1"', False),
        ("", False),
    ],
)
def test_what_nobody_can_see_is_a_pixel(attributes: str, pixel: bool):
    clean = sanitise(f"<img {attributes} src=\"https://track.example/o?a=1&amp;b='2'\">")

    assert bool(clean.pixels) == pixel
    assert len(clean.remote_pictures) == 1


def test_a_letter_of_nothing_but_pictures_is_read_at_once():
    clean = sanitise("".join(f'<img src="//a.pl/{number}" width=1>' for number in range(55_000)))

    assert len(clean.pixels) == len(clean.remote_pictures) == 55_000
    assert "a.pl" not in with_remote_pictures(clean.html, shown=True, never=clean.pixels)


def test_links_open_apart_and_give_nothing_away():
    clean = sanitise('<a href="https://inpost.pl/x" rel="opener" target="_top">paczka</a>').html

    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'target="_blank"' in clean
    assert "opener noreferrer nofollow" in clean
    assert "_top" not in clean


def test_text_keeps_lines_lists_and_quotations():
    html = "<div>Dzień dobry,</div><p>buty&nbsp;są <b>za małe</b>.</p><ul><li>38</li><li>39</li></ul>"
    html += "<blockquote>Jaki rozmiar?<br>Pozdrawiamy</blockquote><pre>a\n  b</pre>"

    assert text_of(sanitise(html).html) == (
        "Dzień dobry,\n\nbuty\u00a0są za małe.\n\n- 38\n- 39\n\n> Jaki rozmiar?\n> Pozdrawiamy\n\na\n  b"
    )


def test_a_blockquote_that_only_indents_is_no_quotation():
    html = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">30 dni</blockquote><blockquote>Czy to</blockquote>'

    assert text_of(sanitise(html).html) == "30 dni\n\n> Czy to"


@pytest.mark.parametrize(
    "bomb",
    ["<div>" * 100_000, "<a " + " ".join(f"x{n}=1" for n in range(150_000)) + ">", "<" * 1_000_000, "<a/" * 500_000],
    ids=["deep", "attributes", "brackets", "slashes"],
)
def test_a_bomb_costs_no_time(bomb: str):
    started = time.process_time()

    html = f"Tekst {bomb}"
    bare_text(html) if too_deep(html) else text_of(sanitise(html).html)

    assert time.process_time() - started < 5


def test_bare_text_drops_tags_and_scripts():
    assert bare_text("<p>Ala<script>x()</script> ma&nbsp;kota</p>") == "Ala ma kota"
