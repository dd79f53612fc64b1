"""The real parts of a mirror path, on free loopback ports: httpbin under gunicorn, nginx with
`mirror`, and our own programs. Every part is a context manager that stops what it started."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds; a bound against hanging, not a measure


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(port, process, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with code {process.returncode} while starting")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{what} does not listen on port {port}")


class Part:
    """One child process in a directory of its own. Subclasses say how it starts."""

    def __init__(self, directory, name):
        self.directory = os.path.join(directory, name)
        os.makedirs(self.directory)
        self.name = name
        self.process = None

    def start(self, command, **options):
        with open(os.path.join(self.directory, "output.log"), "ab") as output:
            options = {"stdout": output, "stderr": output, **options}
            # A session of its own: Ctrl-C at a terminal reaches us alone, and we stop the parts.
            self.process = subprocess.Popen(command, start_new_session=True, **options)

    def stop(self, number=signal.SIGTERM):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.stop()


class Httpbin(Part):
    """One version of the service. Its access log has a JSON array a request."""

    FORMAT = '["%({x-request-id}i)s","%(m)s","%({raw_uri}e)s","%(s)s"]'

    def __init__(self, directory, version):
        super().__init__(directory, f"httpbin-{version}")
        self.log = os.path.join(self.directory, "access.log")
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(512)
            listening.set_inheritable(True)
            self.port = listening.getsockname()[1]
            self.start(
                ["/usr/bin/gunicorn", "--bind", f"fd://{listening.fileno()}",
                 "--worker-class", "gthread", "--workers", "2", "--threads", "8",
                 "--keep-alive", "30", "--graceful-timeout", "2", "--worker-tmp-dir", "/dev/shm",
                 "--access-logfile", self.log, "--access-logformat", self.FORMAT, "httpbin:app"],
                pass_fds=[listening.fileno()], cwd=self.directory)
        self.wait_until_answering()

    def wait_until_answering(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 10) as probe:
                    probe.sendall(b"GET /status/204 HTTP/1.0\r\nX-Request-Id: ready\r\n\r\n")
                    if probe.recv(12):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not answer; see {self.directory}/output.log")

    def requests(self):
        """(request id, method, target, status) of each request, in the order of completion."""
        seen = []
        with open(self.log, encoding="latin-1") as log:
            for line in log:
                request = json.loads(line)
                if request[0] != "ready":
                    seen.append(tuple(request))
        return seen


NGINX_CONFIGURATION = """
daemon off;
worker_processes 1;
{user}
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  access_log off;
  {http}
}}
"""


class Nginx(Part):
    """nginx with a free port. Subclasses start it with what stands in its http block."""

    def __init__(self, directory):
        super().__init__(directory, "nginx")
        self.port = free_port()

    def start_with(self, http):
        configuration = os.path.join(self.directory, "nginx.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(NGINX_CONFIGURATION.format(
                directory=self.directory, http=http,
                user="user root;" if os.geteuid() == 0 else ""))
        self.start(["/usr/sbin/nginx", "-p", self.directory, "-c", configuration,
                    "-e", os.path.join(self.directory, "error.log")])
        wait_until_listening(self.port, self.process, "nginx")

    def stop(self, number=signal.SIGQUIT):  # nginx's graceful stop
        super().stop(number)


NGINX_MIRROR = """
  client_body_buffer_size 2m;
  client_max_body_size 8m;
  log_format mirrored escape=json '["$request_id","$request_method","$request_uri"]';
  upstream live {{ server 127.0.0.1:{live}; keepalive 32; }}
  upstream recorder {{ {recorder_servers} keepalive 32; }}
  # A percentage of a mirror is a probability: it is drawn anew for each request.
  split_clients "$request_id" $mirrored {{ {split} }}
  server {{
    listen 127.0.0.1:{port} backlog=512;
    merge_slashes off;
    keepalive_requests 100000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Request-Id $request_id;
    location / {{
      {mirror}
      proxy_pass http://live$request_uri;
    }}
    location = /shadowreel-mirror {{
      internal;
      if ($mirrored = 0) {{ return 204; }}
      log_subrequest on;
      access_log {directory}/mirrored.log mirrored;
      # A location with one proxy_set_header of its own inherits none.
      proxy_set_header Connection "";
      proxy_set_header Host $host-shadow:$server_port;
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-Original-URI $request_uri;
      {mirror_directives}
      proxy_pass http://recorder$request_uri;
    }}
  }}
  {servers}
"""


class NginxMirror(Nginx):
    """nginx in front of `live`, mirroring `percent` of the requests to `recorder` (ports). More
    configuration: for the mirror's location, in place of the recorder in its upstream, and whole
    servers."""

    def __init__(self, directory, live, recorder, percent=100, mirror_directives="",
                 recorder_servers=None, servers=""):
        super().__init__(directory)
        split = {0: "* 0;", 100: "* 1;"}.get(percent, f"{percent}% 1; * 0;")
        self.start_with(NGINX_MIRROR.format(
            directory=self.directory, live=live, port=self.port,
            recorder_servers=recorder_servers or f"server 127.0.0.1:{recorder};",
            mirror_directives=mirror_directives, servers=servers,
            split=split, mirror="mirror /shadowreel-mirror;"))

    def mirrored(self):
        """(request id, method, target) of each request that nginx sent to the mirror."""
        path = os.path.join(self.directory, "mirrored.log")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8", errors="surrogateescape") as log:
            return [tuple(json.loads(line)) for line in log]


class Nghttpx(Part):
    """nghttpx, which takes HTTP/1 and speaks HTTP/2 in clear to the recorder: it makes a mirror of
    nginx, which speaks HTTP/1.1 alone, one of HTTP/2. It normalizes paths (RFC 3986, 6.2.2)."""

    def __init__(self, directory, recorder):
        super().__init__(directory, "nghttpx")
        self.port = free_port()
        self.start(["/usr/sbin/nghttpx", f"--frontend=127.0.0.1,{self.port};no-tls",
                    f"--backend=127.0.0.1,{recorder};;proto=h2", "--conf=/dev/null", "--workers=1",
                    "--single-process", "--no-via", "--no-add-x-forwarded-proto",
                    "--log-level=ERROR", "--accesslog-file=/dev/null"])
        wait_until_listening(self.port, self.process, "nghttpx")


class Recorder(Part):
    """Our recorder. `ledger` holds its closing ledger once it has stopped."""

    def __init__(self, directory, program, out, *flags):
        super().__init__(directory, "recorder")
        self.out = out
        self.ledger_path = os.path.join(self.directory, "ledger.json")
        self.start([program, "--listen=127.0.0.1:0", f"--out={out}", "--for=10m",
                    f"--ledger={self.ledger_path}", *flags], stderr=subprocess.PIPE, text=True)
        self.port = self.read_port()

    def read_port(self):
        for line in self.process.stderr:
            if line.startswith("listening on "):
                return int(line.rsplit(":", 1)[1])
        raise RuntimeError(f"the recorder ended with code {self.process.wait()} while starting")

    def stop(self, number=signal.SIGTERM):
        super().stop(number)
        self.process.stderr.close()

    @property
    def ledger(self):
        with open(self.ledger_path, encoding="utf-8") as file:
            return json.load(file)


class Programs:
    """Where the built programs are, and how to run them to their end."""

    def __init__(self, root):
        self.recorder = os.path.join(root, "recorder", "recorder")
        self.replayer = os.path.join(root, "replayer", "replayer")
        self.reel = os.path.join(root, "formats", "reel")
        self.emitter = os.path.join(root, "tests", "emitter", "envoy_emitter")

    @staticmethod
    def run(command):
        return subprocess.run(command, capture_output=True, timeout=PATIENCE * 5, check=False)

    def records(self, recording):
        """What `reel cat` shows, parsed."""
        result = self.run([self.reel, "cat", "--format=jsonl", recording])
        if result.returncode != 0:
            raise RuntimeError(result.stderr.decode())
        return [json.loads(line) for line in result.stdout.splitlines()]


class WorkDirectory:
    """A short-named temporary directory, removed at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="reel-", dir="/tmp")
        return self.path

    def __exit__(self, *ignored):
        shutil.rmtree(self.path, ignore_errors=True)
