#!/bin/sh
# Installs the real peers of the tests where that is allowed (root on Debian or Ubuntu); otherwise says what is missing.
set -eu

missing=""
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"; }

need chromium chromium
need dovecot dovecot-imapd
[ -d /usr/share/doc/dovecot-lmtpd ] || [ -x /usr/lib/dovecot/lmtp ] || missing="$missing dovecot-lmtpd"
need postfix postfix
# Network namespaces for the journeys with the network cut; a library the browser's driver is linked with.
need ip iproute2
ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing="$missing libatomic1"

# What the chat widget is built with, so that a test can build it again and compare.
if command -v npm >/dev/null 2>&1; then
    [ -d widget/node_modules ] || (cd widget && npm ci --ignore-scripts --no-audit --no-fund --silent) || true
else
    echo "Without node the widget's bundles are not built again by a test (apt-get install nodejs npm)." >&2
fi

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing what the tests talk to:$missing" >&2
    apt-get update -qq
    # Postfix asks what it is for; the tests start it with a configuration of their own, and nothing else does.
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "Tests that need these will be skipped:$missing (sudo apt-get install$missing)" >&2
fi
