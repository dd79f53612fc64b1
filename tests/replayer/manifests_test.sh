#!/bin/sh
# Debian's Python: another python3 may come first in PATH.
exec /usr/bin/python3 tests/replayer/manifests_test.py
