#!/usr/bin/python3
"""The replayer (--rate=max --transport=curl, planner, rewriting and outcome log included) beside
bare_multi, a libcurl multi loop that does nothing else, with the same requests over the same number
of connections, against nginx `return 204`.

The recording is made by the recorder from a mixed load. bare_multi sends its first 20,000 records
over and over: the bytes that both put on the wire are counted by nginx and must agree within 1 %.
CPU and time are of the whole client process, start and end included."""

import base64
import json
import os
import subprocess
import sys

import peers

CONNECTIONS = 32
PREPARED = 20_000
TRIAL = 2_000  # requests of the comparison of bytes


def make_recording(programs, directory, count):
    prepared = peers.write_prepared(os.path.join(directory, "prepared"), peers.mixed(PREPARED))
    with peers.Recorder(directory, programs) as recorder:
        peers.paced_client(programs, recorder.port, prepared, count, 0, CONNECTIONS)
        recorder.end()
        recorder.check_ledger(count, count)
        return recorder.out


def as_bytes(text):
    return base64.b64decode(text["base64"]) if isinstance(text, dict) else text.encode()


def recorded_requests(programs, recording, count):
    """The first records as they were stored (credentials are pseudonyms by now), on the wire."""
    requests = []
    with subprocess.Popen([programs.reel, "cat", "--format=jsonl", recording],
                          stdout=subprocess.PIPE) as reel:
        for line in reel.stdout:
            record = json.loads(line)
            text = as_bytes(record["method"]) + b" " + as_bytes(record["target"]) + b" HTTP/1.1\r\n"
            for name, value in record["headers"]:
                text += as_bytes(name) + b": " + as_bytes(value) + b"\r\n"
            requests.append(text + b"\r\n" + as_bytes(record["body"]))
            if len(requests) == count:
                break
        reel.stdout.close()
        reel.kill()
    return requests


class Side:
    """One of the two clients. `send` returns (requests, usage)."""

    def __init__(self, programs, work, recording):
        self.programs, self.work, self.recording = programs, work, recording
        requests = recorded_requests(programs, recording, PREPARED)
        self.prepared = peers.write_prepared(os.path.join(work, "recorded"), requests)

    def bare(self, port, count):
        output, usage = peers.run_measured(
            peers.CLIENT_CORE, [self.programs.bare_multi, port, self.prepared, count, CONNECTIONS])
        done = json.loads(output)["done"]
        peers.require(done == count, f"bare_multi did {done} of {count}")
        return done, usage

    def replay(self, port, count, recording=None):
        with peers.run_directory(self.work, "replay") as directory:
            out = os.path.join(directory, "out")
            _, usage = peers.run_measured(peers.CLIENT_CORE, [
                self.programs.replayer, f"--recording={recording or self.recording}",
                f"--target=http://127.0.0.1:{port}", "--rate=max", "--transport=curl",
                "--side_effects=allow", "--authority=recorded", "--strip=none", "--marker=off",
                f"--max_in_flight={CONNECTIONS}", f"--out={out}"])
            with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
                summary = json.load(file)
        peers.require(summary["completed"] == summary["read"] == count and summary["valid"],
                      f"the replayer did not complete all {count}: {peers.outline(summary)}")
        return count, usage


def mean_bytes(work, name, send):
    """Mean size of the requests that nginx gets from `send`."""
    with peers.run_directory(work, name) as directory:
        log = os.path.join(directory, "lengths.log")
        with peers.Nginx(directory, "nginx", http="log_format lengths '$request_length';",
                         server=f"access_log {log} lengths; {peers.SINK}") as nginx:
            send(nginx.port)
            nginx.end()
        with open(log, encoding="ascii") as file:
            lengths = [int(line) for line in file]
    peers.require(len(lengths) == TRIAL, f"{name}: nginx saw {len(lengths)} of {TRIAL}")
    return sum(lengths) / TRIAL


def check_same_bytes(programs, work):
    """Both replay the same TRIAL requests once."""
    with peers.run_directory(work, "trial") as directory:
        recording = make_recording(programs, directory, TRIAL)
        trial = Side(programs, directory, recording)
        ours = mean_bytes(work, "replayer", lambda port: trial.replay(port, TRIAL))
        bare = mean_bytes(work, "bare_multi", lambda port: trial.bare(port, TRIAL))
    peers.say(f"a request has {ours:.1f} bytes from the replayer, {bare:.1f} from bare_multi")
    peers.require(abs(ours / bare - 1) < 0.01, "the two sides do not send the same")


def measure(name, client, work):
    """One run against a fresh nginx. Returns its figures."""
    with peers.run_directory(work, "server") as directory:
        with peers.Nginx(directory, "nginx") as nginx:
            count, usage = client(nginx.port)
            server = nginx.end()
    peers.say(f"  {name}: {count} requests in {usage.wall:.2f} s, {count / usage.wall:,.0f}/s, CPU "
              f"{usage.cpu / count * 1e6:.2f} us a request ({usage.user / count * 1e6:.2f} user), "
              f"{usage.cpu / usage.wall * 100:.0f} % of its core; nginx "
              f"{server.cpu / count * 1e6:.2f} us; peak {usage.peak_mib:.0f} MiB")
    return {"rate": count / usage.wall, "cpu": usage.cpu / count, "user": usage.user / count,
            "peak": usage.peak_mib}


def compare(programs, work, options):
    recording = make_recording(programs, work, options.records)
    side = Side(programs, work, recording)
    check_same_bytes(programs, work)
    rate = peers.Pairs("requests completed", "/s", 0.85, more_is_better=True)
    cpu = peers.Pairs("CPU a request, whole client", "us", None, 1e6)
    user = peers.Pairs("of it in user mode", "us", None, 1e6)
    peaks = []
    for pair in range(options.pairs):
        peers.say(f"pair {pair + 1} of {options.pairs}")
        ours = measure("replayer", lambda port: side.replay(port, options.records), work)
        bare = measure("bare_multi", lambda port: side.bare(port, options.records), work)
        for pairs, key in ((rate, "rate"), (cpu, "cpu"), (user, "user")):
            pairs.add(ours[key], bare[key])
        peaks.append(ours["peak"])
    peers.table(f"replayer (curl) beside a bare libcurl multi loop, {options.pairs} pairs, "
                f"{options.records:,} mixed records, {CONNECTIONS} connections", peers.COLUMNS,
                [rate.row(), cpu.row(), user.row(),
                 peers.most_row("replayer's peak memory", peaks, peers.MEMORY_BAR_MIB, "MiB")])


if __name__ == "__main__":
    sys.exit(peers.main(compare, peers.arguments(__doc__, pairs=10, records=1_000_000)))
