"""Tests never touch your own data: before Django reads its settings, each process gets a home that goes with it."""

import atexit
import os
import shutil
import tempfile

from tests.databases import begin_run

_home = tempfile.mkdtemp(prefix="opieka-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["OPIEKA_HOME"] = _home

# No model to load, no real keys.
os.environ.setdefault("OPIEKA_ENCODER", "hashing")
# Nobody is asked for names; a test that asks brings its own name server.
os.environ.setdefault("OPIEKA_DNS", "off")
os.environ.setdefault("OPIEKA_SECRET_KEY", "a key for tests only, thirty-two bytes")
os.environ.setdefault("OPIEKA_FIELD_KEY", "another key for tests only, also long")

begin_run()
