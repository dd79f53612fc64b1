"""Requests that are valid and odd, as raw bytes, each with what a recording must say of it."""

import base64
import dataclasses
import hashlib
import json
import random
import threading

import traffic

CRLF = b"\r\n"
HOST = (b"Host", b"shop.example-shadow:8080")


@dataclasses.dataclass(frozen=True)
class Request:
    """One request. Framing fields stand in `headers`; `chunk` is the size of the chunks, if any."""
    method: bytes = b"GET"
    target: bytes = b"/"
    headers: tuple = (HOST,)
    body: bytes = b""
    chunk: int = 0
    extension: bytes = b""
    trailers: tuple = ()
    version: bytes = b"HTTP/1.1"
    secret: bool = False  # redaction changes it

    def wire(self):
        head = b" ".join((self.method, self.target, self.version)) + CRLF + lines(self.headers)
        return head + CRLF + (self.chunked_body() if self.is_chunked() else self.body)

    def is_chunked(self):
        return any(name.lower() == b"transfer-encoding" for name, _ in self.headers)

    def chunked_body(self):
        size = self.chunk or max(len(self.body), 1)
        pieces = [self.body[i:i + size] for i in range(0, len(self.body), size)]
        chunks = b"".join(b"%x%s" % (len(p), self.extension) + CRLF + p + CRLF for p in pieces)
        return chunks + b"0" + self.extension + CRLF + lines(self.trailers) + CRLF

    def content(self):
        """What a recording says of it, in the form of `recorded`."""
        names = {name.lower() for name, _ in self.headers}
        framing = ("chunked" if b"transfer-encoding" in names else
                   "content-length" if b"content-length" in names else "none")
        return (self.method, self.target, self.version, self.headers, framing,
                hashlib.sha256(self.body).digest(), self.trailers)


def lines(fields):
    return b"".join(name + b": " + value + CRLF for name, value in fields)


def raw(value):
    """The bytes of a string as `reel cat --format=jsonl` writes it."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


def recorded(record):
    """The comparable content of one of `reel cat`'s objects."""
    def fields(name):
        return tuple((raw(key), raw(value)) for key, value in record[name])
    return (raw(record["method"]), raw(record["target"]), record["version"].encode(),
            fields("headers"), record["framing"], hashlib.sha256(raw(record["body"])).digest(),
            fields("trailers"))


def with_length(body, *headers, **options):
    """A request whose Content-Length stands last."""
    headers = (HOST, *headers, (b"Content-Length", b"%d" % len(body)))
    return Request(headers=headers, body=body, **{"method": b"POST", **options})


def with_chunks(body, *headers, **options):
    headers = (HOST, *headers, (b"Transfer-Encoding", b"chunked"))
    return Request(headers=headers, body=body, **{"method": b"POST", **options})


def get(*headers, **options):
    return Request(headers=(HOST, *headers), **options)


TARGETS = [
    b"/a--b/--/c--", b"/nul/%00/x?y=%00", b"//double//slash//", b"/?q=1?again=2??",
    b"/\xff\xfe\x80/raw", b"/long/" + b"0123456789abcdef" * 512, b"/a/../b/./../c/..",
    b"/../../etc", b"/frag#ment?x#y", b"/?", b"/a;b=1;c", b"/%E4%BD%A0/%zz/%",
    b"/quotes\"'<>\\^`{|}", b"/a?b=http://x/y?z", b"/~user/*", b"/q?a&&b&=&c=",
    b"/utf8/\xe4\xbd\xa0\xe5\xa5\xbd",
    b"/plus+and%20space", b"/?" + b"k=v&" * 500, b"/@:!$&'()*+,;=", b"/trailing.dot.",
    b"/%2e%2e/%2F", b"*",
]
METHODS = [b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"PROPFIND", b"MKCOL", b"COPY",
           b"MOVE", b"LOCK", b"UNLOCK", b"REPORT", b"M-SEARCH", b"PURGE", b"SUBSCRIBE", b"LINK",
           b"ACL"]
BINARY = [bytes(range(0x80, 0x100)), b"a\tb\t\tc", b"\xff", b"caf\xe9; q=\"\x80\"", b": :;,",
          b"=?utf-8?", b"very" * 5000]
NAMES = [b"x-lower", b"X-UPPER", b"x-MiXeD-cAsE", b"X_Under_Score", b"!#$%&'*+-.^_`|~", b"1",
         b"Content-Typ", b"HostX", b"X-Host", b"Accept", b"ACCEPT", b"content-type", b"User-agent",
         b"EXPECT-CT"]


def odd_target(source, number):
    target = TARGETS[number % len(TARGETS)]
    return get(target=target, method=b"OPTIONS" if target == b"*" else b"GET")


def odd_headers(source, number):
    twice = [(b"X-Twice", b"1"), (b"x-twice", b"1"), (b"X-Twice", b"1"), (b"Accept", b""),
             (b"X-Empty", b"")]
    source.shuffle(twice)
    return get(*twice, (source.choice(NAMES), source.choice(BINARY)),
               (b"X-Bytes", source.choice(BINARY)), (source.choice(NAMES), b""))


def odd_framing_fields(source, number):
    body = source.randbytes(source.randrange(1, 50))
    length = (source.choice((b"content-LENGTH", b"Content-Length")), b"%04d" % len(body))
    coding = (b"transfer-ENCODING", source.choice((b"Chunked", b"CHUNKED", b"chunked")))
    framing = source.choice((length, coding))
    headers = (HOST, (b"A", b"1"), framing, (b"B", b"2"))
    return Request(method=b"PUT", headers=headers, body=body)


def plain_body(source, number):
    body = source.randbytes(source.choice((1, 2, 100, 3000, 20000)))
    kind = (b"Content-Type", source.choice((b"application/json", b"", b"\xff/\xff")))
    return with_length(body, kind, method=source.choice((b"POST", b"PUT", b"GET", b"DELETE")))


def chunked_body(source, number):
    body = source.randbytes(source.choice((0, 1, 15, 16, 17, 400)))
    extension = source.choice((b"", b";a=b", b';name="quoted value";x', b";flag"))
    trailers = source.choice(((), ((b"X-Sum", b"abc"), (b"x-sum", b"\xfe\xff"), (b"X-None", b"")),
                              ((b"Grpc-Status", b"0"),)))
    return with_chunks(
        body, (b"Trailer", b"X-Sum"), trailers=trailers, extension=extension,
        chunk=source.choice((1, 7, 4096, 0)), method=source.choice((b"POST", b"GET")))


def absolute_form(source, number):
    host = source.choice((b"shop.example", b"shop.example:8080", b"[::1]:80", b"other-shadow"))
    return get(target=b"http://" + host + source.choice((b"/", b"/a?b=1", b"?x")))


def old_version(source, number):
    hosts = source.choice(((), (HOST,)))
    kept = source.choice(((), ((b"Connection", b"keep-alive"),),
                          ((b"Connection", b"Keep-Alive, x"),)))
    target = source.choice((b"/ten", b"http://shop.example/ten"))
    if number % 3:
        return Request(target=target, headers=hosts + kept, version=b"HTTP/1.0")
    headers = hosts + kept + ((b"Content-Length", b"4"),)
    return Request(method=b"POST", target=target, headers=headers, body=b"1.0\n",
                   version=b"HTTP/1.0")


def without_body(source, number):
    zero = (b"Content-Length", b"0")
    return source.choice((get(method=b"HEAD"), get(zero, method=b"HEAD"), get(zero, method=b"POST"),
                          get(method=b"POST"), get(zero), get((b"Connection", b"close")),
                          get(method=b"PUT"), get(zero, method=b"DELETE")))


def negotiation(source, number):
    expect = (b"Expect", source.choice((b"100-continue", b"100-Continue")))
    upgrade = ((b"Connection", b"Upgrade, HTTP2-Settings"), (b"Upgrade", b"h2c"),
               (b"HTTP2-Settings", b"AAMA"))
    hop_by_hop = ((b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"TE", b"trailers"),
                  (b"Keep-Alive", b"timeout=5"), (b"Proxy-Connection", b"keep-alive"))
    return source.choice((
        with_length(b"expected", expect), with_chunks(b"expected", expect), get(expect),
        get(*upgrade), with_length(b"up", *upgrade), get(*hop_by_hop)))


def mesh_fields(source, number):
    return get((b"x-forwarded-for", b"10.0.0.1, 10.0.0.2"), (b"x-envoy-internal", b"true"),
               (b"b3", b"0"), (b"X-B3-Sampled", b"0"), (b"traceparent", b"00-0-0-00"),
               (b"If-None-Match", b'"x"'), (b"Range", b"bytes=0-1"),
               (b"x-shadowreel-run", b"someone else's"))


def many_fields(source, number):
    return get(*((b"X-%d" % i, b"v" * i) for i in range(90)))


def some_method(source, number):
    return get(method=METHODS[number % len(METHODS)], target=b"/method")


TOKEN_BEARER = b"hunter2-bearer-token"
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZWNyZXQtam9obiJ9.c2VjcmV0LXNpZ25hdHVyZQ"
CARD = b"4111 1111 1111 1111"
SECRETS = [TOKEN_BEARER, b"hunter2-cookie", b"hunter2-query", JWT, CARD, b"hunter2-user",
           b"hunter2-key"]


def credentials(source, number):
    """Every class of credential, in every place that redaction looks at."""
    several = [
        get((b"Authorization", b"Bearer " + TOKEN_BEARER),
            (b"Proxy-Authorization", b"Basic hunter2-key")),
        get((b"Cookie", b"a=hunter2-cookie; b=\"hunter2-cookie\";c=; hunter2-cookie"),
            (b"cookie", b"d=hunter2-cookie")),
        get(target=b"/s?token=hunter2-query&x=1;password=hunter2-query?sid=hunter2-query#key="
                   b"hunter2-query"),
        get((b"X-Api-Key", b"hunter2-key"), (b"X-My-Secret", b"hunter2-key"),
            (b"X-Auth-Token", b"")),
        get((b"X-Jwt", b"a " + JWT + b", " + JWT), (b"X-Card", b"pay " + CARD + b" now"),
            target=b"/j/" + JWT),
        get((b"Authorization", JWT), (b"Authorization", b"Bearer " + JWT),
            (b"Authorization", b"Basic")),
        get((b"Referer", b"https://hunter2-user:hunter2-key@x/?code=hunter2-query"),
            target=b"http://hunter2-user:hunter2-key@shop.example/a?auth=hunter2-query"),
        get((b"X-Card", b"4111111111111111 " + JWT), target=b"/pay/4111111111111111?jwt=" + JWT),
        with_chunks(b"body", trailers=((b"X-Session-Token", b"hunter2-key"), (b"X-T", JWT))),
    ]
    return dataclasses.replace(several[number % len(several)], secret=True)


def deceptive_body(segment):
    """Bodies that look like what stores or carries them. `segment`: the bytes of a segment file."""
    next_request = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    def make(source, number):
        cut = source.randrange(len(segment))
        body = source.choice((
            segment, segment[cut:], segment[:64] * 3, next_request, next_request * 2,
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", b"\r\n\r\n", b"\0" * 99))
        return source.choice((with_length, with_chunks))(body)
    return make


def mixed(count, segment, seed):
    """`count` requests of all kinds, mixed; 16 bodies of 1 MiB among them. Host comes first, and is
    spelled so: libcurl sends it no other way."""
    source = random.Random(seed)
    kinds = [odd_target, odd_headers, odd_framing_fields, plain_body, chunked_body, absolute_form,
             old_version, without_body, negotiation, mesh_fields, some_method, credentials,
             deceptive_body(segment)]
    requests = [with_length(source.randbytes(1 << 20)) for _ in range(8)]
    requests += [with_chunks(source.randbytes(1 << 20), chunk=size)
                 for size in (100, 4096, 65536, 1 << 20) * 2]
    requests += [many_fields(source, 0)] * 20
    requests += [kinds[n % len(kinds)](source, n // len(kinds))
                 for n in range(count - len(requests))]
    requests = [identified(request, n) if n % 2 else request for n, request in enumerate(requests)]
    source.shuffle(requests)
    return requests


def identified(request, number):
    """With an X-Request-Id, behind the others: not all shadow requests have one."""
    extra = (b"X-Request-Id", b"id-%d" % number)
    return dataclasses.replace(request, headers=request.headers + (extra,))


def host_elsewhere(count, seed):
    """Requests whose Host does not come first, or is spelled in another way."""
    source = random.Random(seed)
    requests = []
    for number in range(count):
        name = source.choice((b"host", b"HOST", b"Host", b"hOST"))
        host = (name, source.choice((b"shop.example", b"")))
        others = [(b"A", b"1"), (b"B", b""), (b"A", b"2"), (b"X-N", b"%d" % number)]
        others.insert(source.randrange(5), host)
        requests.append(Request(headers=tuple(others)))
    return requests


def send(port, requests, connections=4, depth=16):
    """Sends raw requests over keep-alive connections, `depth` pipelined. All must be answered
    202."""
    failures = []

    def run(first):
        client = traffic.Client(port)
        try:
            mine = list(range(first, len(requests), connections))
            for batch in batches(mine, requests, depth):
                client.socket.sendall(b"".join(requests[n].wire() for n in batch))
                for number in batch:
                    while (status := client.read_answer()) == 100:
                        pass
                    if status != 202:  # the connection closes, and what follows has no answer
                        raise ValueError(f"{status} for {requests[number].wire()[:300]}")
        except (OSError, IndexError, ValueError) as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=run, args=(first,)) for first in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"the requests were not all answered: {failures[0]!r}")


def batches(numbers, requests, depth):
    """Runs of at most `depth`; what closes its connection ends one."""
    batch = []
    for number in numbers:
        batch.append(number)
        if len(batch) == depth or closes(requests[number]):
            yield batch
            batch = []
    if batch:
        yield batch


def closes(request):
    said = b",".join(value.lower() for name, value in request.headers
                     if name.lower() == b"connection")
    return b"close" in said or (request.version == b"HTTP/1.0" and b"keep-alive" not in said)


def records(programs, recording):
    """What `reel cat` shows, one object at a time: recordings with large bodies are large."""
    result = programs.run([programs.reel, "cat", "--format=jsonl", recording])
    if result.returncode != 0:
        raise RuntimeError(result.stderr.decode())
    for line in result.stdout.splitlines():
        yield json.loads(line)
