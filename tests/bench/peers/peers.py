"""What the whole-program comparisons share: nginx as a peer, requests prepared in advance, cores,
CPU time and memory of whole processes, and the arithmetic of pairs.

A figure means something only beside its peer's of the same run: each comparison runs A B A B ...,
the server on one core and the client on the other."""

import argparse
import contextlib
import json
import math
import os
import platform
import random
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tests", "mirror"))

import parts  # noqa: E402  pylint: disable=wrong-import-position

SERVER_CORE, CLIENT_CORE = 0, 1
MEMORY_BAR_MIB = 128
PATIENCE = 600  # seconds for one program; a bound against hanging, not a measure


class Broken(Exception):
    """The run measured nothing: something was shed, lost or miscounted."""


def require(condition, message):
    if not condition:
        raise Broken(message)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


# --- programs -----------------------------------------------------------------------------------


class Programs(parts.Programs):
    def __init__(self, root):
        super().__init__(root)
        directory = os.path.join(root, "tests", "bench", "peers")
        self.bare_multi = os.path.join(directory, "bare_multi")
        self.paced_client = os.path.join(directory, "paced_client")
        self.timer_lag = os.path.join(directory, "timer_lag")


@contextlib.contextmanager
def pinned(core):
    """What is started inside runs on `core` alone, with all threads it starts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Usage:
    """Of a process that has ended, with its ended children, from its start to its end."""

    def __init__(self, rusage, wall):
        self.user, self.system, self.wall = rusage.ru_utime, rusage.ru_stime, wall  # seconds
        # An upper bound: the kernel lets a child inherit the peak of this script, about 25 MiB.
        self.peak_mib = rusage.ru_maxrss / 1024

    @property
    def cpu(self):
        return self.user + self.system


def wait_for(process, started):
    """Waits for the end of a process of ours as subprocess cannot: with its resource usage."""
    deadline = time.monotonic() + PATIENCE
    while True:
        pid, status, rusage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            process.returncode = os.waitstatus_to_exitcode(status)
            return Usage(rusage, time.monotonic() - started)
        if time.monotonic() > deadline:
            process.kill()
            raise Broken(f"{process.args[0]} did not end within {PATIENCE} s")
        time.sleep(0.005)


def end_part(part, number):
    """Stops a part (parts.py) and returns the Usage of its whole life."""
    part.process.send_signal(number)
    usage = wait_for(part.process, part.started)
    require(part.process.returncode == 0, f"{part.name} ended with {part.process.returncode}")
    return usage


def run_measured(core, command, good=(0,)):
    """Runs a program to its end on `core`; it must end with one of the `good` codes. Returns its
    standard output and its Usage."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, pinned(core):
        started = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=errors)
        usage = wait_for(process, started)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in good:
            raise Broken(f"{command[0]} ended with {process.returncode}: "
                         f"{(errors.read() + output.read()).decode()[-2000:]}")
        return output.read().decode(), usage


def paced_client(programs, port, requests, count, rate, connections, samples="-"):
    """Sends `count` requests (rate 0: as fast as answered); returns what was done."""
    output, _ = run_measured(CLIENT_CORE, [programs.paced_client, port, requests, count, rate,
                                           connections, samples])
    result = json.loads(output)
    require(result["done"] == count and result["failed"] == 0, f"paced_client: {result}")
    return result


# --- servers ------------------------------------------------------------------------------------

NGINX_CONFIGURATION = """
daemon off;
worker_processes 1;
{user}
pid {directory}/nginx.pid;
error_log {directory}/error.log error;
events {{ worker_connections 2048; }}
http {{
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  access_log off;
  keepalive_requests 1000000000;
  # Head and small body in one read: nginx at its best.
  client_header_buffer_size 8k;
  client_body_buffer_size 256k;
  client_max_body_size 8m;
  {http}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    merge_slashes off;
    {server}
  }}
}}
"""

# `return` discards the body: it is read from the socket and not kept.
SINK = "location / { return 204; }"


class Nginx(parts.Part):
    """nginx with one worker on SERVER_CORE."""

    def __init__(self, directory, name, server=SINK, http=""):
        super().__init__(directory, name)
        self.port = parts.free_port()
        configuration = os.path.join(self.directory, "nginx.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(NGINX_CONFIGURATION.format(
                directory=self.directory, port=self.port, server=server, http=http,
                user="user root;" if os.geteuid() == 0 else ""))
        self.started = time.monotonic()
        with pinned(SERVER_CORE):
            self.start(["/usr/sbin/nginx", "-p", self.directory, "-c", configuration,
                        "-e", os.path.join(self.directory, "error.log")])
        parts.wait_until_listening(self.port, self.process, name)

    def stop(self, number=signal.SIGTERM):
        super().stop(number)

    def end(self):
        return end_part(self, signal.SIGQUIT)


class Recorder(parts.Recorder):
    """Our recorder with its defaults (zstd 1, credentials redacted) on SERVER_CORE."""

    def __init__(self, directory, programs, *flags):
        self.started = time.monotonic()
        with pinned(SERVER_CORE):
            super().__init__(directory, programs.recorder, os.path.join(directory, "recording"),
                             *flags)

    def end(self):
        usage = end_part(self, signal.SIGTERM)
        self.process.stderr.close()
        return usage

    def check_ledger(self, least, most):
        """Everything that arrived is on the disk, and it is what the client sent."""
        ledger = self.ledger
        require(ledger["shed"] == 0 and ledger["refused"] == 0 and ledger["after_end"] == 0,
                f"the recorder did not write everything: {ledger}")
        require(ledger["written"] == ledger["received"] and least <= ledger["written"] <= most,
                f"the client counts {least} to {most}, the recorder {ledger}")


def outline(summary):
    """The part of a replay's summary that says what became of the requests."""
    return {key: value for key, value in summary.items() if isinstance(value, (int, bool)) or
            key in ("reasons", "shed_by", "unsent_by", "failed_by", "skipped_by")}


# --- requests -----------------------------------------------------------------------------------

AGENTS = ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0 "
          "Safari/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) "
          "AppleWebKit/605.1.15 Version/17.1 Mobile/15E148", "okhttp/4.12.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0",
          "python-requests/2.31.0", "Go-http-client/1.1", "shop-ios/8.14.2 (build 31)"]
WORDS = ["lamp", "chair", "garden hose", "tea", "running shoe", "usb cable", "blue", "kettle"]


def json_body(random_, size):
    """JSON of exactly `size` bytes (at least 60), with the repetition that real bodies have."""
    fields = {"customer": random_.randrange(10**8), "note": ""}
    items = []
    while True:
        items.append({"sku": f"{random_.randrange(16**8):08x}", "name": random_.choice(WORDS),
                      "quantity": random_.randrange(1, 9), "price": random_.randrange(99, 99999)})
        text = json.dumps({**fields, "items": items}, separators=(",", ":"))
        if len(text) > size:
            break
    text = json.dumps({**fields, "items": items[:-1]}, separators=(",", ":"))
    return text.replace('"note":""', '"note":"' + "x" * (size - len(text)) + '"').encode()


def request(random_, method, target, body=b""):
    """One as a gateway passes it on: eleven to fifteen fields, with credentials."""
    lines = [f"{method} {target} HTTP/1.1", "Host: shop.example.com:8080",
             f"User-Agent: {random_.choice(AGENTS)}", "Accept: application/json, text/plain, */*",
             "Accept-Encoding: gzip, deflate, br", "Accept-Language: en-GB,en;q=0.8",
             f"X-Request-Id: {uuid.UUID(int=random_.getrandbits(128))}",
             f"X-Forwarded-For: 10.{random_.randrange(256)}.{random_.randrange(256)}.7",
             "X-Forwarded-Proto: https",
             f"X-B3-TraceId: {random_.getrandbits(128):032x}", "X-B3-Sampled: 0",
             f"Cookie: session={random_.getrandbits(160):040x}; theme=dark"]
    if random_.random() < 0.7:
        lines.append(f"Authorization: Bearer {random_.getrandbits(320):080x}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def posts(count, body_bytes=700, seed=1):
    random_ = random.Random(seed)
    return [request(random_, "POST", f"/api/v1/orders/{random_.randrange(10**6)}",
                    json_body(random_, body_bytes)) for _ in range(count)]


def mixed(count, seed=2):
    """60 % GET with a query, 28 % POST of 60 bytes to 16 KiB (median 700), 8 % PUT, 4 % DELETE."""
    random_ = random.Random(seed)

    def one():
        kind = random_.random()
        if kind < 0.6:
            query = f"q={random_.choice(WORDS).replace(' ', '+')}&page={random_.randrange(40)}"
            return request(random_, "GET", f"/api/v1/search/{random_.randrange(500)}?{query}")
        if kind < 0.96:
            size = min(16384, max(60, int(random_.lognormvariate(math.log(700), 0.9))))
            method = "POST" if kind < 0.88 else "PUT"
            return request(random_, method, f"/api/v1/orders/{random_.randrange(10**6)}",
                           json_body(random_, size))
        return request(random_, "DELETE", f"/api/v1/carts/{random_.randrange(10**6)}")

    return [one() for _ in range(count)]


def write_prepared(path, requests):
    """See prepared_requests.h."""
    with open(path, "wb") as file:
        for text in requests:
            file.write(struct.pack("<I", len(text)) + text)
    return path


# --- pairs --------------------------------------------------------------------------------------


def order_interval(values):
    """A distribution-free interval of the median: (low, high, its coverage in percent). The
    narrowest pair of order statistics that covers at least 95 %; with fewer than six values the
    whole range, which covers less."""
    ordered = sorted(values)
    n = len(ordered)
    below = 1
    coverage = tail = 1 - 2 * 0.5**n
    for k in range(1, n // 2):
        tail -= 2 * math.comb(n, k) * 0.5**n
        if tail < 0.95:
            break
        below, coverage = k + 1, tail
    return ordered[below - 1], ordered[n - below], 100 * coverage


def figure(value, unit):
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.4g} {unit}"


class Pairs:
    """Paired figures of ours and the peer's, one of each a pair."""

    def __init__(self, what, unit, bar, scale=1.0, more_is_better=False, by_bound=False):
        self.what, self.unit, self.bar, self.scale = what, unit, bar, scale
        self.more_is_better, self.by_bound = more_is_better, by_bound
        self.ours, self.peers = [], []

    def add(self, ours, peers):
        self.ours.append(ours)
        self.peers.append(peers)

    def row(self):
        ratios = [a / b for a, b in zip(self.ours, self.peers)]
        ratio = statistics.median(ratios)
        low, high, coverage = order_interval(ratios)
        verdict = ""
        if self.bar is not None:
            inside = (lambda x: x >= self.bar) if self.more_is_better else (
                lambda x: x <= self.bar)
            judged = (low if self.more_is_better else high) if self.by_bound else ratio
            verdict = "met" if inside(judged) else "NOT MET"
            if not self.by_bound and inside(low) != inside(high):
                verdict += ", the interval crosses it"
        sign = ">=" if self.more_is_better else "<="
        bound = " (bound)" if self.by_bound else ""
        return [self.what, figure(statistics.median(self.ours) * self.scale, self.unit),
                figure(statistics.median(self.peers) * self.scale, self.unit), f"{ratio:.3f}",
                f"{low:.3f} to {high:.3f} ({coverage:.0f} %)",
                f"{sign} {self.bar:g}{bound}" if self.bar is not None else "", verdict]


def most_row(what, values, bar, unit):
    """A row for a figure of ours that has no peer: its largest value against a bar."""
    value = max(values)
    return [what, f"{value:,.1f} {unit}", "", "", f"largest of {len(values)}",
            f"<= {bar:g} {unit}", "met" if value <= bar else "NOT MET"]


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def table(title, columns, rows):
    """For docs/measurement.md."""
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, `{' '.join(sys.argv)}`: {title}\n")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


COLUMNS = ["what", "ours", "peer", "ratio", "interval of the ratio", "bar", ""]


def percentile(ordered, part):
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


# --- the frame of a comparison ------------------------------------------------------------------


def is_memory(path):
    """Whether the directory lies in memory: the recorder must meet a real disk."""
    output = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, check=True)
    return output.stdout.decode().strip() in ("tmpfs", "ramfs")


@contextlib.contextmanager
def work_directory():
    path = tempfile.mkdtemp(prefix="reel-bench-")
    try:
        require(not is_memory(path), f"{path} lies in memory; set TMPDIR to a directory on a disk")
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def run_directory(work, name):
    """A directory for one run, removed after it."""
    path = os.path.join(work, name)
    os.makedirs(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def installed(program):
    if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"):
        return True
    say(f"SKIPPED: {os.path.basename(sys.argv[0])}: {program} is not installed")
    return False


def arguments(description, pairs, **numbers):
    """--pairs and one whole number a keyword; --programs: where Bazel has built ours."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--programs", default=os.path.join(ROOT, "bazel-bin"))
    parser.add_argument("--pairs", type=int, default=pairs)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def main(compare, options):
    """Runs a comparison. A missed bar is a figure; a run that measured nothing is a failure."""
    if not installed("nginx"):
        return
    if len(os.sched_getaffinity(0)) < 2:
        say(f"SKIPPED: {os.path.basename(sys.argv[0])}: it needs two cores")
        return
    try:
        with work_directory() as work:
            compare(Programs(options.programs), work, options)
    except Broken as broken:
        say(f"{os.path.basename(sys.argv[0])}: BROKEN RUN: {broken}")
        sys.exit(1)
