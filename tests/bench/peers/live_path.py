#!/usr/bin/python3
"""What the live client feels of the mirror, at a fixed rate (open loop, Poisson arrivals; latency
counts from the intended time).

First: behind an nginx that mirrors to nothing, to nginx `return 204` (a null sink) and to the
recorder, in turn. nginx, the service, the sink and the recorder share one core, so that what the
mirror costs in CPU is felt; the client has the other.

Second: the recorder is frozen (SIGSTOP) for 2 s of a run of 6 s, under several nginx settings.
nginx holds a client's next request on the same connection until the mirror's answer or time-out,
and here each connection is used again after about 32 ms."""

import array
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import peers

CONNECTIONS = 64
FROZEN_FROM, FROZEN_TO, FROZEN_RUN = 2.0, 4.0, 6  # seconds
SLOW = 0.1  # seconds

FRONT_HTTP = """
upstream live {{ server 127.0.0.1:{live}; keepalive 64; }}
upstream mirrored {{ {mirrored} keepalive 64; }}
"""
FRONT_SERVER = """
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $http_host;
location / {{ {mirror} proxy_pass http://live$request_uri; }}
location = /mirror {{
  internal;
  {settings}
  proxy_pass http://mirrored$request_uri;
}}
"""
SERVICE = "default_type application/json; location / { return 200 '{\"status\":\"ok\"}'; }"

TIME_OUTS = ("proxy_connect_timeout 100ms; proxy_send_timeout 200ms; proxy_read_timeout 200ms;")
# (name, settings of the mirror location, upstream's servers; R the recorder's port, S the sink's)
SETTINGS = [
    ("nginx's defaults (60 s)", "", "server 127.0.0.1:{R};"),
    ("time-outs 100, 200 and 200 ms", TIME_OUTS, "server 127.0.0.1:{R};"),
    ("the same, no next upstream, a null sink as backup for 1 s after one failure",
     TIME_OUTS + " proxy_next_upstream off;",
     "server 127.0.0.1:{R} max_fails=1 fail_timeout=1s; server 127.0.0.1:{S} backup;"),
    ("the same, for 10 s",
     TIME_OUTS + " proxy_next_upstream off;",
     "server 127.0.0.1:{R} max_fails=1 fail_timeout=10s; server 127.0.0.1:{S} backup;"),
]


def front(directory, live, mirrored, settings=""):
    """nginx before the service, with a mirror to the servers `mirrored`, or without when empty."""
    mirror = "mirror /mirror;" if mirrored else ""
    return peers.Nginx(
        directory, "front",
        http=FRONT_HTTP.format(live=live, mirrored=mirrored or "server 127.0.0.1:9;"),
        server=FRONT_SERVER.format(mirror=mirror, settings=settings))


def latencies(path):
    """[(intended time, latency)] in seconds, from paced_client's samples."""
    numbers = array.array("q")
    with open(path, "rb") as file:
        numbers.frombytes(file.read())
    return [(numbers[i] / 1e9, numbers[i + 1] / 1e9) for i in range(0, len(numbers), 2)]


def load(programs, port, prepared, work, options):
    """Sends for options.seconds; returns the sorted latencies without the first half second."""
    samples = os.path.join(work, "samples")
    peers.paced_client(programs, port, prepared, options.rate * options.seconds, options.rate,
                       CONNECTIONS, samples)
    return sorted(latency for at, latency in latencies(samples) if at > 0.5)


def behind(what, programs, prepared, work, options):
    """One run behind the mirror to `what`; returns its latencies."""
    with peers.run_directory(work, "run") as directory, \
            peers.Nginx(directory, "service", server=SERVICE) as service, \
            peers.Nginx(directory, "sink") as sink, \
            peers.Recorder(directory, programs) as recorder:
        mirrored = {"recorder": f"server 127.0.0.1:{recorder.port};", "no mirror": "",
                    "null sink": f"server 127.0.0.1:{sink.port};"}[what]
        with front(directory, service.port, mirrored) as nginx:
            sorted_ = load(programs, nginx.port, prepared, directory, options)
            nginx.end()
        recorder.end()
        count = options.rate * options.seconds if what == "recorder" else 0
        recorder.check_ledger(count, count)
    peers.say(f"  {what}: p50 {peers.percentile(sorted_, 0.5) * 1e6:.0f} us, "
              f"p99 {peers.percentile(sorted_, 0.99) * 1e6:.0f} us, max {sorted_[-1] * 1e3:.1f} ms")
    return sorted_


def compare_sinks(programs, prepared, work, options):
    parts_of_all = (("p50", 0.5), ("p99", 0.99))
    null = {name: peers.Pairs(f"client's {name}, recorder beside null sink", "us",
                              1.1 if name == "p99" else None, 1e6, by_bound=True)
            for name, _ in parts_of_all}
    none = {name: peers.Pairs(f"client's {name}, recorder beside no mirror", "us", None, 1e6)
            for name, _ in parts_of_all}
    for pair in range(options.pairs):
        peers.say(f"pair {pair + 1} of {options.pairs}")
        runs = {what: behind(what, programs, prepared, work, options)
                for what in ("no mirror", "null sink", "recorder")}
        for name, part in parts_of_all:
            at = {what: peers.percentile(run, part) for what, run in runs.items()}
            null[name].add(at["recorder"], at["null sink"])
            none[name].add(at["recorder"], at["no mirror"])
    peers.table(f"live client behind a mirroring nginx, {options.pairs} pairs, {options.rate:,}/s, "
                f"{CONNECTIONS} connections", peers.COLUMNS,
                [pairs.row() for kind in (null, none) for pairs in kind.values()])


def freeze(programs, prepared, work, rate, settings, servers):
    """A run in which the recorder is frozen; returns [(intended, latency)] and its ledger."""
    with peers.run_directory(work, "run") as directory, \
            peers.Nginx(directory, "service", server=SERVICE) as service, \
            peers.Nginx(directory, "sink") as sink, \
            peers.Recorder(directory, programs) as recorder, \
            front(directory, service.port, servers.format(R=recorder.port, S=sink.port),
                  settings) as nginx, tempfile.TemporaryFile() as output:
        samples = os.path.join(directory, "samples")
        with peers.pinned(peers.CLIENT_CORE):
            client = subprocess.Popen(
                [programs.paced_client, str(nginx.port), prepared, str(rate * FROZEN_RUN),
                 str(rate), str(CONNECTIONS), samples], stdout=output)
        try:
            time.sleep(FROZEN_FROM)
            recorder.process.send_signal(signal.SIGSTOP)
            time.sleep(FROZEN_TO - FROZEN_FROM)
            recorder.process.send_signal(signal.SIGCONT)
            client.wait(peers.PATIENCE)
        finally:
            recorder.process.send_signal(signal.SIGCONT)
            client.kill()
            client.wait()
        output.seek(0)
        result = json.loads(output.read())
        peers.require(result["failed"] == 0, f"live requests failed: {result}")
        nginx.end()
        recorder.end()
        return latencies(samples), recorder.ledger


def timeline(samples):
    """The largest latency of the requests due in each half second."""
    largest = collections.defaultdict(float)
    for at, latency in samples:
        largest[int(at * 2)] = max(largest[int(at * 2)], latency)
    return " ".join(f"{largest[slot] * 1e3:.0f}" for slot in range(2 * FROZEN_RUN))


def compare_settings(programs, prepared, work, options):
    rows = []
    for name, settings, servers in SETTINGS:
        samples, ledger = freeze(programs, prepared, work, options.rate, settings, servers)
        ordered = sorted(latency for _, latency in samples)
        slow = sum(latency > SLOW for latency in ordered)
        rows.append([name, f"{peers.percentile(ordered, 0.5) * 1e3:.2f} ms",
                     f"{peers.percentile(ordered, 0.99) * 1e3:.1f} ms",
                     f"{ordered[-1] * 1e3:.0f} ms",
                     f"{slow:,} of {len(ordered):,}", timeline(samples),
                     f"{ledger['received']:,} ({ledger['incomplete']:,} incomplete)"])
        peers.say("  " + ", ".join(rows[-1]))
    peers.table(f"live client while the recorder is frozen from second {FROZEN_FROM:g} to second "
                f"{FROZEN_TO:g}, {options.rate:,}/s, {CONNECTIONS} connections",
                ["mirror location", "p50", "p99", "max", f"over {SLOW * 1e3:g} ms",
                 "largest latency in each half second, ms", "recorded"], rows)


def compare(programs, work, options):
    prepared = peers.write_prepared(os.path.join(work, "prepared"), peers.mixed(5000))
    compare_sinks(programs, prepared, work, options)
    compare_settings(programs, prepared, work, options)


if __name__ == "__main__":
    sys.exit(peers.main(compare, peers.arguments(__doc__, pairs=10, seconds=8, rate=2000)))
