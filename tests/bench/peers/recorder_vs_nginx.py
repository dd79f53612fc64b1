#!/usr/bin/python3
"""The recorder (zstd 1, credentials redacted, everything on a real disk) beside nginx with one
worker and `return 204`, which reads the body and throws it away, under the same POSTs of 700 bytes
with a gateway's headers.

CPU is that of the whole server process from its start to its end, start, compression and sealing
included, over the number of requests. Two loads: wrk with 32 connections (2,000 requests prepared
in advance, in Lua) saturates the server's core; paced_client sends an exact number at a fixed
rate."""

import os
import re
import sys

import peers

CONNECTIONS = 32

WRK_SCRIPT = """
local file = assert(io.open("{prepared}", "rb"))
local bytes = file:read("*a")
file:close()
local requests, at = {{}}, 1
while at <= #bytes do
  local a, b, c, d = bytes:byte(at, at + 3)
  local length = a + 256 * (b + 256 * (c + 256 * d))
  requests[#requests + 1] = bytes:sub(at + 4, at + 3 + length)
  at = at + 4 + length
end
local next = 0
request = function()
  next = next % #requests + 1
  return requests[next]
end
"""


def saturate(port, script, seconds):
    """Returns (answers, requests a second)."""
    output, _ = peers.run_measured(
        peers.CLIENT_CORE, ["/usr/bin/wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s",
                            script, f"http://127.0.0.1:{port}/"])
    answers = int(re.search(r"(\d+) requests in", output).group(1))
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", output).group(1))
    peers.require("Socket errors" not in output and "Non-2xx" not in output, output)
    return answers, rate


class Loads:
    def __init__(self, programs, work, options):
        self.programs, self.options = programs, options
        self.prepared = peers.write_prepared(os.path.join(work, "prepared"), peers.posts(2000))
        self.script = os.path.join(work, "post.lua")
        with open(self.script, "w", encoding="ascii") as file:
            file.write(WRK_SCRIPT.format(prepared=self.prepared))

    def run(self, name, port):
        """Returns (answers, sent at most, requests a second)."""
        if name == "saturation":
            answers, rate = saturate(port, self.script, self.options.seconds)
            return answers, answers + CONNECTIONS, rate  # wrk leaves with requests on their way
        count = self.options.rate * self.options.seconds
        result = peers.paced_client(self.programs, port, self.prepared, count, self.options.rate,
                                    CONNECTIONS)
        return count, count, count / result["seconds"]


def figures(name, server, answers, rate, usage):
    micros = 1e6 / answers
    peers.say(f"  {name}: {server}: {answers} requests, {rate:,.0f}/s, CPU "
              f"{usage.cpu * micros:.2f} us a request ({usage.user * micros:.2f} user), "
              f"{usage.cpu / usage.wall * 100:.0f} % of its core, peak {usage.peak_mib:.0f} MiB")
    return {"cpu": usage.cpu / answers, "user": usage.user / answers, "rate": rate,
            "peak": usage.peak_mib}


def record(loads, name, directory):
    with peers.Recorder(directory, loads.programs) as recorder:
        answers, most, rate = loads.run(name, recorder.port)
        usage = recorder.end()
        recorder.check_ledger(answers, most)
        return figures(name, "recorder", answers, rate, usage)


def discard(loads, name, directory):
    with peers.Nginx(directory, "nginx") as nginx:
        answers, _, rate = loads.run(name, nginx.port)
        return figures(name, "nginx", answers, rate, nginx.end())


def compare(programs, work, options):
    loads = Loads(programs, work, options)
    names = ["saturation"] if peers.installed("wrk") else []
    names.append("fixed rate")
    rows, peaks = [], []
    for name in names:
        what = f"{name}: " if name == "saturation" else f"{options.rate:,}/s: "
        cpu = peers.Pairs(what + "CPU a POST, whole process", "us", 1.5, 1e6)
        user = peers.Pairs(what + "of it in user mode", "us", None, 1e6)
        rate = peers.Pairs(what + "requests answered", "/s", None, more_is_better=True)
        for pair in range(options.pairs):
            peers.say(f"pair {pair + 1} of {options.pairs}")
            with peers.run_directory(work, "ours") as directory:
                ours = record(loads, name, directory)
            with peers.run_directory(work, "peer") as directory:
                peer = discard(loads, name, directory)
            for pairs, key in ((cpu, "cpu"), (user, "user"), (rate, "rate")):
                pairs.add(ours[key], peer[key])
            peaks.append(ours["peak"])
        rows += [cpu.row(), user.row(), rate.row()]
    rows.append(peers.most_row("recorder's peak memory", peaks, peers.MEMORY_BAR_MIB, "MiB"))
    peers.table(f"recorder beside nginx `return 204`, {options.pairs} pairs, 700-byte POSTs, "
                f"{CONNECTIONS} connections, nothing shed, the ledger agrees with the client",
                peers.COLUMNS, rows)


if __name__ == "__main__":
    sys.exit(peers.main(compare, peers.arguments(__doc__, pairs=10, seconds=5, rate=30000)))
