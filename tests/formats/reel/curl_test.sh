#!/bin/bash
# Runs curl_test.py with Debian's Python: curl_test.sh SCRIPT REEL
exec /usr/bin/python3 "$@"
