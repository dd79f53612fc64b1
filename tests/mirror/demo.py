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

REQUESTS, RATE = 3000, 300


def say(text):
    print(f"\n== {text}", flush=True)


def show(command):
    """Runs one of our programs as a person would, its words on the terminal."""
    print("$ " + " ".join(command), flush=True)
    # In a session of its own: Ctrl-C reaches this script, which ends the program by itself.
    process = subprocess.Popen(command, start_new_session=True)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def record(directory, programs, out):
    say(f"recording: {REQUESTS} mixed requests at {RATE}/s through nginx, which mirrors them")
    with parts.Httpbin(directory, "v1") as live, \
            parts.Recorder(directory, programs.recorder, out) as recorder, \
            parts.NginxMirror(directory, live.port, recorder.port) as nginx:
        traffic.send_mixed(nginx.port, REQUESTS, RATE)
        nginx.stop()
        recorder.stop()
        with open(os.path.join(recorder.directory, "output.log"), encoding="utf-8") as ledger:
            print(ledger.read(), end="")
        mirrored, written = len(nginx.mirrored()), recorder.ledger["written"]
    if not mirrored == written == REQUESTS:
        sys.exit(f"demo: sent {REQUESTS}, mirrored {mirrored}, recorded {written}")


def replay(directory, programs, recording, out, name, flags):
    say(f"replaying at {name} against httpbin v2")
    with parts.Httpbin(directory, "v2-at-" + name.split()[0]) as candidate:
        code = show([programs.replayer, f"--recording={recording}", "--side_effects=allow",
                     f"--target=http://127.0.0.1:{candidate.port}", f"--out={out}", *flags])
        candidate.stop()
        print(f"\nhttpbin v2's access log: {len(candidate.requests())} requests; exit code {code}",
              flush=True)
        return code


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
            codes.append(replay(directory, programs, recording, out, name, [flag]))
    say(f"the recording lies in {recording}, each replay's summary.json beside it")
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
