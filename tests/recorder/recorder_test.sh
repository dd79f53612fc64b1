#!/bin/bash
# Runs recorder_test.py with Debian's Python: recorder_test.sh SCRIPT RECORDER
exec /usr/bin/python3 "$@"
