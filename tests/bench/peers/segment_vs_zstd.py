#!/usr/bin/env python3
"""Segments beside zstd and cat, whole programs in turn on one core: encoding beside `zstd -1` of the
same requests as text, reading beside `zstd -d`, verifying and salvaging beside `cat` from the page
cache; then compression, framing, and the memory of writer and trace reader."""

import json
import os
import subprocess
import sys

import peers
from peers import CLIENT_CORE, require, say

RATIO_BAR, FRAMING_BAR_PERCENT, WRITER_BAR_MIB, TRACE_BAR_MIB = 8, 0.1, 8, 256
RECORDERS, SLOW_PERCENT = 100, 20


class Segments:
    def __init__(self, programs, work, records):
        directory = os.path.dirname(programs.bare_multi)
        self.speed = os.path.join(directory, "segment_speed")
        self.make = os.path.join(directory, "make_recording")
        self.reel, self.work, self.records = programs.reel, work, records
        self.recording, self.text = os.path.join(work, "recording"), os.path.join(work, "text")
        self.segment = os.path.join(self.recording, "000001.seg")
        self.run(self.make, self.recording, records, 1, 0, 1, 1 << 20)
        self.run(self.speed, "text", self.text, records)
        self.run("zstd", "-q", "-1", self.text, "-o", self.text + ".zst")

    @staticmethod
    def run(*command):
        return peers.run_measured(CLIENT_CORE, command)

    def cpu(self, *command):
        return self.run(*command)[1].cpu

    def encoded(self, level):
        """What segment_speed says of encoding: its own CPU alone, without making the requests."""
        with peers.run_directory(self.work, "encoded") as directory:
            return json.loads(self.run(self.speed, "encode", directory, self.records, level)[0])

    def all_read(self, *command):
        output, usage = self.run(*command)
        require(output.strip() == str(self.records), f"{command[1]} read {output} records")
        return usage.cpu

    def zstd(self, *arguments):
        """Of the text in the page cache, to nowhere, in one thread."""
        return self.cpu("sh", "-c", 'exec zstd -q --single-thread "$@" >/dev/null', "zstd",
                        *arguments)

    def cat(self):
        return self.cpu("sh", "-c", 'exec cat "$1" >/dev/null', "cat", self.segment)


def value_row(what, value, unit, bar, more_is_better=False):
    met = value >= bar if more_is_better else value <= bar
    return [what, f"{value:.3g} {unit}".strip(), "", "", "",
            f"{'>=' if more_is_better else '<='} {bar:g}", "met" if met else "NOT MET"]


def speeds(segments, pairs):
    """Rows of speed, in MB of request text (for cat: of the segment) a second of CPU."""
    text = os.path.getsize(segments.text) / 1e6
    stored = os.path.getsize(segments.segment) / 1e6
    rows = [peers.Pairs("encode beside zstd -1", "MB/s", 1.0, more_is_better=True),
            peers.Pairs("read all beside zstd -d", "MB/s", 1.0, more_is_better=True),
            peers.Pairs("verify beside cat", "MB/s", None, more_is_better=True),
            peers.Pairs("salvage scan beside cat", "MB/s", 0.5, more_is_better=True),
            peers.Pairs("opening for salvage beside cat", "MB/s", None, more_is_better=True)]
    encode, decode, verify, scan, salvage = rows
    made = []
    for pair in range(pairs):
        say(f"pair {pair + 1} of {pairs}")
        made.append(segments.encoded(1))
        encode.add(text / made[-1]["cpu"], text / segments.zstd("-1", "-c", segments.text))
        decode.add(text / segments.all_read(segments.speed, "decode", segments.recording),
                   text / segments.zstd("-d", "-c", segments.text + ".zst"))
        verify.add(stored / segments.cpu(segments.reel, "verify", segments.recording),
                   stored / segments.cat())
        scan.add(stored / segments.all_read(segments.speed, "scan", segments.segment),
                 stored / segments.cat())
        salvage.add(stored / segments.all_read(segments.speed, "salvage", segments.segment),
                    stored / segments.cat())
    return [row.row() for row in rows], made


def trace_memory(segments):
    """The peak of reading what so many recorders wrote at the same time, slow uploads included."""
    each = max(100, segments.records // RECORDERS)
    recordings = []
    for recorder in range(RECORDERS):
        recordings.append(os.path.join(segments.work, f"recorder-{recorder}"))
        segments.run(segments.make, recordings[-1], each, 1, recorder, RECORDERS, 1 << 20,
                     SLOW_PERCENT)
    output, usage = segments.run(segments.speed, "decode", *recordings)
    require(output.strip() == str(each * RECORDERS), f"the trace reader read {output} records")
    return usage.peak_mib


def compare(programs, work, options):
    segments = Segments(programs, work, options.records)
    rows, made = speeds(segments, options.pairs)
    text = os.path.getsize(segments.text)
    dense = segments.encoded(3)
    rows += [
        value_row("text / stored at zstd-3, synthetic requests", text / dense["stored"], "",
                  RATIO_BAR, more_is_better=True),
        value_row("framing / stored at zstd-1", 100 * made[0]["framing"] / made[0]["stored"], "%",
                  FRAMING_BAR_PERCENT),
        value_row("writer's memory", max(one["grown_kib"] for one in made) / 1024, "MiB",
                  WRITER_BAR_MIB),
        value_row(f"trace reader over {RECORDERS} recorders, {SLOW_PERCENT} % slow uploads",
                  trace_memory(segments), "MiB", TRACE_BAR_MIB),
    ]
    peers.table(f"segments beside zstd and cat, {options.pairs} pairs, {options.records:,} "
                f"requests, {text / 1e6:.0f} MB of text; CPU of one core", peers.COLUMNS, rows)
    say("not measured here: the ratio on real traffic (segment_bench reads real requests)")


def main(options):
    if not peers.installed("zstd"):
        return
    version = subprocess.run(["zstd", "--version"], capture_output=True, check=True, text=True)
    say(version.stdout.strip())
    try:
        with peers.work_directory() as work:
            compare(peers.Programs(options.programs), work, options)
    except peers.Broken as broken:
        say(f"segment_vs_zstd: BROKEN RUN: {broken}")
        sys.exit(1)


if __name__ == "__main__":
    main(peers.arguments(__doc__, pairs=10, records=200_000))
