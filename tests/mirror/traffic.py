"""Mixed traffic as a live client sends it: methods, bodies, odd paths, cookies and tokens."""

import base64
import json
import random
import socket
import threading
import time

SECRETS = ["correct-horse-battery", "s3ss10n-cookie-value", "query-token-9d41c2", "dXNlcjpwYXNzd29yZA=="]

ODD_TARGETS = ["/anything/a--b", "/anything//double//slash", "/anything/%2e%2e/dots",
               "/anything?q=1?again=2", "/anything/%E4%BD%A0%E5%A5%BD", "/anything?x=%00&y=%ff",
               "/anything/semi;colon=1", "/anything/" + "long" * 500]


def mixed_request(random_source, number):
    """(method, target, headers, body) of the number-th request."""
    kind = number % 8
    headers = [("Accept", "*/*"), ("X-Number", str(number))]
    if kind == 0:
        return "GET", f"/get?page={number}", headers, b""
    if kind == 1:
        body = json.dumps({"number": number, "items": list(range(number % 17))}).encode()
        return "POST", "/post", headers + [("Content-Type", "application/json")], body
    if kind == 2:
        body = random_source.randbytes(random_source.randrange(1, 4000))
        return "POST", "/anything/upload", headers + [("Content-Type", "application/octet-stream")], body
    if kind == 3:
        return "GET", ODD_TARGETS[number // 8 % len(ODD_TARGETS)], headers, b""
    if kind == 4:
        cookie = f"session={SECRETS[1]}; theme=dark-{number % 3}"
        return "GET", "/cookies", headers + [("Cookie", cookie)], b""
    if kind == 5:
        return "GET", "/bearer", headers + [("Authorization", "Bearer " + SECRETS[0])], b""
    if kind == 6:
        odd = [("X-Odd", 'quotes " and \\ back'), ("X-Empty", ""), ("X-Twice", "1"), ("X-Twice", "2")]
        return "GET", f"/headers?token={SECRETS[2]}&n={number}", headers + odd, b""
    basic = [("Authorization", "Basic " + SECRETS[3])]
    return "PUT", "/anything/put", headers + basic, base64.b64encode(random_source.randbytes(64))


class Client:
    """One keep-alive connection that sends raw requests and reads the whole answers."""

    def __init__(self, port):
        self.port = port
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.stream = self.socket.makefile("rb")

    def close(self):
        self.stream.close()
        self.socket.close()

    def send(self, method, target, headers, body):
        """Returns the status of the answer."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: shop.example:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        return self.read_answer()

    def read_answer(self):
        status = int(self.stream.readline().split()[1])
        length, close = 0, False
        while line := self.stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            close = close or (name.lower() == b"connection" and value.strip() == b"close")
        self.stream.read(length)
        if close:
            self.close()
            self.connect()
        return status


def send_mixed(port, count, rate=None, clients=4, seed=1):
    """Sends `count` mixed requests over `clients` connections, at `rate` requests/s in all when
    given, and returns {number: (method, target, headers, body)} of what was answered."""
    random_source = random.Random(seed)
    requests = {n: mixed_request(random_source, n) for n in range(count)}
    started = time.monotonic()
    failures = []

    def run(first):
        client = Client(port)
        try:
            for number in range(first, count, clients):
                if rate:
                    time.sleep(max(0.0, started + number / rate - time.monotonic()))
                client.send(*requests[number])
        except (OSError, IndexError, ValueError) as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=run, args=(first,)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"the live path failed: {failures[0]}")
    return requests
