#!/bin/bash
# Runs durable_ack_test.py with Debian's Python: durable_ack_test.sh SCRIPT RECORDER REEL STALLED_DISK
exec /usr/bin/python3 "$@"
