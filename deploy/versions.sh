#!/bin/sh
# Writes deploy/versions.txt anew: deploy/versions.sh PYTHON. Every part in its newest version that pyproject.toml allows.
# Run `make test` and `make sure` after it: a new version that changes something is met here, not by whoever installs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check -e ".[scaled,test]"
{
    echo "# The versions that the tests passed with; make installs these. Written by: make versions"
    "$folder/bin/pip" freeze --exclude-editable
} >deploy/versions.txt
