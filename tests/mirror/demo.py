"""The main job, end to end: mirrored traffic is recorded, looked at, and replayed against a
second version. Run by tools/demo."""

import argparse
import os
import signal
import subprocess
import sys
import time

import parts
import traffic
from scenario_parts import ScenarioRecorder, scenario, write_mesh

REQUESTS, RATE = 3000, 300


def say(text):
    print(f"\n== {text}", flush=True)


def show(command, **variables):
    """Runs one of our programs as a person would, its words on the terminal."""
    print(" ".join(["$", *(f"{name}={value}" for name, value in variables.items()), *command]),
          flush=True)
    # In a session of its own: Ctrl-C reaches this script, which ends the program by itself.
    process = subprocess.Popen(command, start_new_session=True, env={**os.environ, **variables})
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def record(directory, programs, out):
    say(f"recording: {REQUESTS} mixed requests at {RATE}/s through nginx, which mirrors them")
    print(f"$ recorder {scenario('peak_hour_capture')}", flush=True)
    with parts.Httpbin(directory, "v1") as live, \
            ScenarioRecorder(directory, programs, "peak_hour_capture", out) as recorder, \
            parts.NginxMirror(directory, live.port, recorder.port) as nginx:
        traffic.send_mixed(nginx.port, REQUESTS, RATE)
        nginx.stop()
        recorder.stop()
        with open(os.path.join(recorder.directory, "output.log"), encoding="utf-8") as ledger:
            print(ledger.read(), end="")
        mirrored, written = len(nginx.mirrored()), recorder.ledger["written"]
    if not mirrored == written == REQUESTS:
        sys.exit(f"demo: sent {REQUESTS}, mirrored {mirrored}, recorded {written}")


def replay(directory, programs, recording, out, name, flag):
    say(f"replaying at {name} against httpbin, subset v2")
    with parts.Httpbin(directory, "v2-at-" + name.split()[0]) as candidate:
        code = show([programs.replayer, scenario("staging_replay"), flag],
                    RECORDING=recording, TARGET="http://httpbin:8000", OUT=out,
                    MANIFESTS=write_mesh(candidate.directory, candidate.port))
        candidate.stop()
        print(f"\nhttpbin v2's access log: {len(candidate.requests())} requests; exit code {code}",
              flush=True)
        return code


def judge(directory, programs, recording, place):
    say("the same as a pipeline does it: thresholds, an exit code, JUnit and Markdown")
    with parts.Httpbin(directory, "candidate") as candidate:
        reports = [f"--out={place}/perf", f"--junit={place}/perf.xml", f"--markdown={place}/perf.md"]
        return show([programs.replayer, scenario("perf_ci"), "--duration=5s", *reports],
                    RECORDING=recording, TARGET=f"http://127.0.0.1:{candidate.port}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="where the built programs are")
    programs = parts.Programs(parser.parse_args().programs)
    place = os.path.join("recordings", time.strftime("demo-%Y%m%d-%H%M%S"))
    os.makedirs(place, mode=0o700)
    recording = os.path.join(place, "recording")
    with parts.WorkDirectory() as directory:
        record(directory, programs, os.path.abspath(recording))
        say("what was recorded")
        codes = [show([programs.reel, "inspect", recording])]
        for name, flag in (("1x", "--speed=1"), ("2x", "--speed=2"), ("50 %", "--percent=50")):
            out = os.path.join(place, "replay-at-" + name.split()[0])
            codes.append(replay(directory, programs, recording, out, name, flag))
        codes.append(judge(directory, programs, recording, place))
    say(f"the recording lies in {recording}, beside it each replay's summary.json, perf.xml and perf.md")
    # 3 says that this machine was too busy to keep the pace, which is a finding and no failure.
    return max((code for code in codes if code != 3), default=0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *ignored: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("demo: stopped; nothing is left running")
    except RuntimeError as error:
        sys.exit(f"demo: {error}")
