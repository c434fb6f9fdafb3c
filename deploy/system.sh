#!/bin/sh
# Makes the virtual environment: deploy/system.sh PYTHON FOLDER. Installs Python's venv module where it is missing.
set -eu
python=$1
folder=$2

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1 || ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing Python (python3, python3-venv)…"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends python3 python3-venv >/dev/null
        python=python3
    else
        say "Python 3.11 or later with its venv module is needed: sudo apt-get install python3 python3-venv"
        exit 1
    fi
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Opieka needs Python 3.11 or later; $("$python" --version 2>&1) was found. Say which with: make PYTHON=python3.12"
    exit 1
fi

say "Setting up in $folder (a few minutes the first time)…"
"$python" -m venv "$folder"
