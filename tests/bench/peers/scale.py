#!/usr/bin/env python3
"""Whether cost grows as work grows: what writing, verifying, cutting, merging and comparing cost a
record, in recordings of 10^5, 10^6 and 10^7 records, and the peak memory of each. Run by
`tools/check scale`; the largest needs some 8 GB of disk and tens of minutes.

tests/bench/peers/scale.py [--largest=7] [--programs=bazel-bin]"""

import argparse
import contextlib
import math
import os
import shutil
import statistics
import subprocess
import sys

import peers
from peers import CLIENT_CORE, require, say

SMALLEST = 5
# Cost a record at the largest size, as a multiple of that at the smallest.
FLAT_BAR = 1.25
MEMORY_BAR_MIB = {"diff": 256, "merge": 256}
OTHER_MEMORY_BAR_MIB = 128
# Of disk, for each record: three recordings of 120 bytes a record, their parts, and what diff
# spills of two recordings without an equal.
BYTES_A_RECORD = 800
DIFFERENT = 1  # exit code of `reel diff` and `reel verify`


class Scale:
    def __init__(self, programs, work):
        self.reel = programs.reel
        self.make = os.path.join(os.path.dirname(programs.bare_multi), "make_recording")
        self.work = work
        self.verbs = subprocess.run([self.reel, "--help"], capture_output=True, check=True,
                                    text=True).stdout
        self.cost, self.memory = {}, {}  # by step, then by size: us a record, MiB
        os.environ["TMPDIR"] = work

    def path(self, name):
        return os.path.join(self.work, name)

    def run(self, step, records, command, good=(0,), again=1):
        """Notes the median cost of `again` runs, and the most memory."""
        costs = []
        for _ in range(again):
            output, usage = peers.run_measured(CLIENT_CORE, command, good)
            costs.append(1e6 * usage.cpu / records)
            peak = self.memory.setdefault(step, {})
            peak[records] = max(peak.get(records, 0), usage.peak_mib)
        self.cost.setdefault(step, {})[records] = statistics.median(costs)
        say(f"{step}, {records:,} records: {self.cost[step][records]:.2f} us a record, "
            f"{self.memory[step][records]:.0f} MiB")
        return output

    def made(self, name, count, *arguments):
        """A recording by make_recording, unmeasured."""
        peers.run_measured(CLIENT_CORE, [self.make, self.path(name), count, *arguments])
        return self.path(name)

    def has(self, verb):
        if f"  {verb} " in self.verbs:
            return True
        say(f"SKIPPED: scale: this reel has no verb {verb}")
        return False

    def measure(self, records):
        again = max(1, 10**6 // records // 2 + 1) if records < 10**7 else 1
        with self.removed("A"):
            self.run("write", records, [self.make, self.path("A"), records])
            output = self.run("verify", records, [self.reel, "verify", self.path("A")],
                              again=again)
            require(f"({records} records" in output, f"verify: {output}")
            self.measure_writers(records)
            self.measure_diff(records, again)

    def measure_writers(self, records):
        if self.has("cut"):
            with self.removed("half"):
                self.run("cut --percent=50", records,
                         [self.reel, "cut", self.path("A"), f"--out={self.path('half')}",
                          "--percent=50"])
        if self.has("merge"):
            with self.removed("odd", "even", "whole"):
                halves = [self.made("odd", records // 2, 1, 0, 2),
                          self.made("even", records // 2, 1, 1, 2)]
                self.run("merge of two halves", records,
                         [self.reel, "merge", *halves, f"--out={self.path('whole')}"])

    def measure_diff(self, records, again):
        with self.removed("B"):
            output = self.run("diff, all equal", records,
                              [self.reel, "diff", self.path("A"), self.made("B", records)],
                              again=again)
            require(f"equal {records:,}, changed 0" in output, f"diff: {output[:500]}")
        with self.removed("B"):
            output = self.run("diff, all different", records,
                              [self.reel, "diff", self.path("A"), self.made("B", records, 2)],
                              good=(DIFFERENT,), again=again)
            require("equal 0, " in output, f"diff: {output[:500]}")

    @contextlib.contextmanager
    def removed(self, *names):
        try:
            yield
        finally:
            for name in names:
                shutil.rmtree(self.path(name), ignore_errors=True)

    def row(self, step, sizes):
        cost = self.cost[step]
        ratio = cost[sizes[-1]] / cost[sizes[0]]
        decades = math.log10(sizes[-1] / sizes[0])
        bar = MEMORY_BAR_MIB.get(step.split(",")[0].split()[0], OTHER_MEMORY_BAR_MIB)
        peak = max(self.memory[step].values())
        return [step, *(f"{cost[size]:.2f} us" for size in sizes), f"{ratio:.2f}",
                f"{100 * (ratio - 1) / decades:+.0f} %" if decades else "",
                "met" if ratio <= FLAT_BAR else "NOT MET",
                " / ".join(f"{self.memory[step][size]:.0f}" for size in sizes) + " MiB",
                f"<= {bar} MiB", "met" if peak <= bar else "NOT MET"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--programs", default=os.path.join(peers.ROOT, "bazel-bin"))
    parser.add_argument("--largest", type=int, default=7, help="a power of ten, 5 or more")
    options = parser.parse_args()
    sizes = [10**power for power in range(SMALLEST, options.largest + 1)]
    try:
        with peers.work_directory() as work:
            needed = sizes[-1] * BYTES_A_RECORD
            free = shutil.disk_usage(work).free
            if free < needed:
                say(f"scale: it needs {needed / 1e9:.1f} GB in {work}, which has "
                    f"{free / 1e9:.1f} GB; set TMPDIR, or --largest={options.largest - 1}")
                sys.exit(1)
            say(f"scale: it takes up to {needed / 1e9:.1f} GB in {work}")
            scale = Scale(peers.Programs(options.programs), work)
            for size in sizes:
                scale.measure(size)
            peers.table("cost a record as recordings grow",
                        ["what", *(f"{size:,} records" for size in sizes), "largest / smallest",
                         "a decade", f"<= {FLAT_BAR}", "peak memory", "bar", ""],
                        [scale.row(step, sizes) for step in scale.cost])
    except peers.Broken as broken:
        say(f"scale: BROKEN RUN: {broken}")
        sys.exit(1)


if __name__ == "__main__":
    main()
