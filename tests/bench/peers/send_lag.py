#!/usr/bin/python3
"""How late the replayer sends at the recorded pace, beside what the machine's timer gives.

A recording of real arrivals (Poisson, seeded, 5,000/s on average) is replayed with --speed=1
against nginx `return 204`; the replayer has a core of its own. In turn with it, on the same core, a
loop that does nothing but sleep until such times (clock_nanosleep) says how late it wakes."""

import json
import os
import sys

import peers

CONNECTIONS = 32
QUANTILES = ("p50", "p99", "p999")


def make_recording(programs, work, options):
    prepared = peers.write_prepared(os.path.join(work, "prepared"), peers.mixed(5000))
    count = options.rate * options.seconds
    with peers.Recorder(work, programs) as recorder:
        peers.paced_client(programs, recorder.port, prepared, count, options.rate, CONNECTIONS)
        recorder.end()
        recorder.check_ledger(count, count)
        return recorder.out, count


def replay(programs, work, recording, count):
    """Returns the send lag's quantiles in seconds."""
    with peers.run_directory(work, "replay") as directory, \
            peers.Nginx(directory, "nginx") as nginx:
        out = os.path.join(directory, "out")
        # No burst may meet the rate cap. A lag that makes the run invalid is a figure here.
        _, usage = peers.run_measured(peers.CLIENT_CORE, [
            programs.replayer, f"--recording={recording}",
            f"--target=http://127.0.0.1:{nginx.port}", "--speed=1", "--transport=curl",
            "--side_effects=allow", "--max_rate=1000000", f"--out={out}"], good=(0, 3))
        with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
            summary = json.load(file)
    peers.require(summary["completed"] == summary["read"] == count,
                  f"the replayer did not complete all {count}: {peers.outline(summary)}")
    lag = {quantile: summary["send_lag_nanos"][quantile] / 1e9 for quantile in QUANTILES}
    peers.say("  replayer: " + words(lag) + f"; {summary['achieved_rate']:,.0f}/s, "
              f"{usage.cpu / usage.wall * 100:.0f} % of its core" +
              "".join(f"; invalid: {reason}" for reason in summary["reasons"]))
    return lag


def timer(programs, options):
    output, _ = peers.run_measured(peers.CLIENT_CORE, [programs.timer_lag, options.rate,
                                                       options.rate * min(options.seconds, 10)])
    lag = {quantile: nanos / 1e9 for quantile, nanos in json.loads(output).items()}
    peers.say("  timer:    " + words(lag))
    return lag


def words(lag):
    return ", ".join(f"{quantile} {seconds * 1e6:,.1f} us" for quantile, seconds in lag.items())


def compare(programs, work, options):
    recording, count = make_recording(programs, work, options)
    pairs = {quantile: peers.Pairs(f"send lag {quantile}", "us", None, 1e6)
             for quantile in QUANTILES}
    for pair in range(options.pairs):
        peers.say(f"pair {pair + 1} of {options.pairs}")
        ours = replay(programs, work, recording, count)
        bare = timer(programs, options)
        for quantile in QUANTILES:
            pairs[quantile].add(ours[quantile], bare[quantile])
    rows = [pairs[quantile].row() for quantile in QUANTILES]
    rows.append(peers.most_row("send lag p99", [s * 1e3 for s in pairs["p99"].ours], 1, "ms"))
    peers.table(f"send lag at {options.rate:,}/s of recorded times, {count:,} requests, beside the "
                f"timer's own lag, {options.pairs} pairs", peers.COLUMNS, rows)


if __name__ == "__main__":
    sys.exit(peers.main(compare, peers.arguments(__doc__, pairs=5, seconds=20, rate=5000)))
