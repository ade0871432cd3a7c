# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon for a test, and a client that says what it is told to say, byte by byte."""
import functools
import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

REMOTE, KEEPALIVE = 0x20008086, 0x6B656570
CALL, REPLY, EVENT, STREAM, CALL_WITH_FDS = 0, 1, 2, 3, 4
OK, ERROR, CONTINUE = 0, 1, 2
TEST_UUID = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")


@functools.cache
def procedures():
    """Of procedures.def: name -> (number, marks, arguments or None), for the REMOTE program."""
    path = os.path.join(os.path.dirname(__file__), "../../src/rpc/procedures.def")
    found, program = {}, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if match := re.match(r"program (\w+)", line):
                program = match[1]
            elif match := re.match(r"(\d+) (\w+) (\S+)((?: [a-z-]+)*)(?: \((.*?)\))?", line):
                if program == "REMOTE":
                    found[match[2]] = (int(match[1]), match[3], match[4].split(), match[5])
    return found


def u32(n):
    return struct.pack(">I", n & 0xFFFFFFFF)


def u64(n):
    return struct.pack(">Q", n)


def string(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return u32(len(raw)) + raw + bytes(-len(raw) % 4)


def optional(raw):
    return u32(0) if raw is None else u32(1) + raw


def domain(name="test", uuid=TEST_UUID, number=1):
    return string(name) + uuid + u32(number)


def argument(kind):
    """The smallest payload of an argument's type."""
    kind = kind.split(":")[1].strip()
    if kind.endswith("?") or kind.endswith("]"):
        return u32(0)
    fixed = {"i32": u32(0), "u32": u32(0), "i64": u64(0), "u64": u64(0), "string": string("x"), "uuid": bytes(16),
             "domain": domain("x", bytes(16)), "network": string("x") + bytes(16), "pool": string("x") + bytes(16),
             "nodedev": string("x"), "volume": string("x") * 3, "interface": string("x") * 2, "snapshot": string("x") + domain(), "checkpoint": string("x") + domain()}
    return fixed[kind]


def smallest(arguments):
    return b"".join(argument(a) for a in arguments.split(",") if a)


class Message:
    def __init__(self, raw):
        self.program, self.version, self.procedure, self.type, self.serial, self.status = struct.unpack(">6I", raw[:24])
        self.payload = raw[24:]

    def error(self):
        """Code and text of an error."""
        assert self.status == ERROR, "not an error"
        code, _domain, there = struct.unpack(">iii", self.payload[:12])
        length = struct.unpack(">I", self.payload[12:16])[0]
        return code, self.payload[16:16 + length].decode() if there else None

    def numbers(self):
        return struct.unpack(f">{len(self.payload) // 4}i", self.payload)


class Client:
    def __init__(self, path):
        self.names = {name: number for name, (number, *_) in procedures().items()}
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.serial = -1
        try:
            self.sock.connect(path)
        except OSError:
            self.sock.close()
            raise

    def raw(self, data):
        self.sock.sendall(data)

    def send(self, procedure, payload=b"", program=REMOTE, version=1, kind=CALL, serial=None, status=OK):
        """Sends a message, gives its serial."""
        if serial is None:
            self.serial += 1
            serial = self.serial
        number = self.names[procedure] if isinstance(procedure, str) else procedure
        self.raw(u32(28 + len(payload)) + struct.pack(">6I", program, version, number, kind, serial, status) + payload)
        return serial

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self):
        return Message(self.read(struct.unpack(">I", self.read(4))[0] - 4))

    def call(self, procedure, payload=b"", **more):
        serial = self.send(procedure, payload, **more)
        reply = self.receive()
        assert reply.serial == serial, f"serial {reply.serial} for {serial}"
        assert reply.type == REPLY, f"type {reply.type}"
        return reply

    def open(self, uri="test:///default", flags=0):
        reply = self.call("CONNECT_OPEN", optional(string(uri)) + u32(flags))
        assert reply.status == OK, reply.error()
        return self

    def closed(self):
        """Whether the daemon hangs up."""
        try:
            while self.sock.recv(4096):
                pass
        except ConnectionResetError:
            pass
        except socket.timeout:
            return False
        return True

    def close(self):
        self.sock.close()


class Daemon:
    """everboxd with a socket in a folder of its own. Leaving it asks it to end, and wants that to have worked."""

    def __init__(self, program, config="", options=(), limits=None):
        self.folder = tempfile.mkdtemp(prefix="everboxd-")
        self.path = os.path.join(self.folder, "sock")
        conf = os.path.join(self.folder, "conf")
        self.conf = conf
        with open(conf, "w", encoding="utf-8") as out:
            out.write(config)
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8", errors="replace")
        environment = dict(os.environ, HOME=self.folder)
        self.process = subprocess.Popen([program, "-f", conf, "-s", self.path, *options], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT, env=environment,
                                        preexec_fn=lambda: [resource.setrlimit(*limit) for limit in (limits or {}).items()])
        self.expected = 0
        deadline = time.monotonic() + 20
        while True:
            try:
                Client(self.path + "-ro").close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, "everboxd did not start: " + self.said()
                time.sleep(0.01)

    def client(self, read_only=False):
        return Client(self.path + ("-ro" if read_only else ""))

    def said(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "hangs"
        said = self.said()
        self.log.close()
        shutil.rmtree(self.folder)
        if kind or status != self.expected:
            print(said)
        assert kind or status == self.expected, f"everboxd ended with {status}"
