#!/bin/sh
# Runs one Python test of this folder with Debian's Python (another may come first in PATH).
exec /usr/bin/python3 "tests/docs/$1"
