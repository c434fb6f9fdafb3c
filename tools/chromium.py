"""Chromium as Debian ships it, kept from talking to anybody but the page it shows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# What the browser asks of its maker on its own, whatever the switches say. Only these names: a page of ours that
# reached out must still be seen doing it.
OF_ITS_OWN = ("update.googleapis.com", "content-autofill.googleapis.com", "android.clients.google.com")
# A pop-up of the address bar, in a process of its own for each page, is a third of the work, and nobody sees it. The
# last such switch counts, so what Playwright turns off is said again.
TURNED_OFF = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--lang=pl-PL",  # Native inputs of dates and times are written in the language of the browser itself.
    "--disable-features=" + ",".join(TURNED_OFF),
    "--host-resolver-rules=" + ", ".join(f"MAP {name} ~NOTFOUND" for name in OF_ITS_OWN),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
