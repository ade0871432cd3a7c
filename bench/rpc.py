#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rpc.py BUILD: everboxd beside libvirtd, both serving test:///default, in one run and in turns; the medians count. Then calls on one domain
while an operation on another takes its time, beside the same with nothing else to do."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TURNS, SECONDS = 3, 1
build = os.path.abspath(sys.argv[1])
CLIENT = os.path.join(build, "bench/rpc-client")


class Daemon:
    def __init__(self, name, command, socket, environment, folder):
        self.name, self.socket = name, os.path.join(folder, socket)
        self.log = open(os.path.join(folder, name + ".log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(1000):
            if os.path.exists(self.socket) or self.process.poll() is not None:
                break
            time.sleep(0.02)
        assert self.process.poll() is None, name + " does not start"
        time.sleep(0.5)

    def measure(self, *words, uri="test:///default"):
        out = subprocess.run([CLIENT, self.socket, uri, *map(str, words)], capture_output=True, text=True, check=True, timeout=300).stdout.split()
        return dict(zip(out[::2], map(float, out[1::2])))

    def memory(self, field="VmRSS"):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def list_all(self):
        begun = time.monotonic()
        subprocess.run(["virsh", "-c", f"test+unix:///default?socket={self.socket}", "list", "--all"], check=True, capture_output=True)
        return (time.monotonic() - begun) * 1000

    def end(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        if os.path.exists(self.socket):
            os.unlink(self.socket)


def both(ours, theirs, what, *words, fields):
    rounds = [(ours.measure(*words), theirs.measure(*words)) for _ in range(TURNS)]
    for field in fields:
        a, b = (statistics.median(r[i][field] for r in rounds) for i in (0, 1))
        print(f"{what}: {field}: everboxd {a:.0f}, libvirtd {b:.0f}, ratio {a / b:.2f}", flush=True)


def virsh(daemon, uri, *words):
    """`uri` through the daemon's socket."""
    scheme, _, rest = uri.partition("://")
    there = f"{scheme}+unix://{rest}{'&' if '?' in rest else '?'}socket={daemon.socket}"
    return subprocess.Popen(["virsh", "-q", "-c", there, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def done(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def write_machine(folder, kind, name):
    path = os.path.join(folder, name + ".xml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"<domain type='{kind}'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os></domain>")
    return path


def beside_slow(daemon, what, uri, slow_uri, slow, asked, prepare=lambda slow: None):
    """Calls on the domain `asked` while the operation `slow` runs for 30 s, in turns with the same and nothing else."""
    rounds = []
    for _ in range(2 * TURNS + 1):
        idle = daemon.measure("state", 4, SECONDS, asked, uri=uri)
        prepare(True)
        operation = virsh(daemon, slow_uri, *slow)
        while not any("Time elapsed" in line for line in done(virsh(daemon, uri, "domjobinfo", "slow")).splitlines()):
            assert operation.poll() is None, operation.stderr.read()
            time.sleep(0.05)
        busy = daemon.measure("state", 4, SECONDS, asked, uri=uri)
        assert operation.poll() is None, "the slow operation ended too soon"
        done(virsh(daemon, uri, "domjobabort", "slow"))
        operation.communicate()
        prepare(False)
        rounds.append((idle, busy))
    for field in ("calls_per_second", "p99_us"):
        idle, busy = (statistics.median(r[i][field] for r in rounds) for i in (0, 1))
        ratio = statistics.median(r[1][field] / r[0][field] for r in rounds)
        print(f"{what}: {field}: idle {idle:.0f}, beside it {busy:.0f}, median ratio {ratio:.2f}", flush=True)


def slow_operations(folder):
    """A start that takes 30 s on the test driver, saving on a stand-in VirtualBox."""
    home = os.path.join(folder, "slow")
    os.makedirs(os.path.join(home, "vbox"), 0o700)
    daemon = Daemon("everboxd", [os.path.join(build, "everboxd"), "-s", os.path.join(home, "sock")], "slow/sock",
                    dict(os.environ, HOME=home, VBOX_USER_HOME=os.path.join(home, "vbox")), folder)

    def take_time(slow):
        with open(os.path.join(home, "vbox/sim.control"), "w", encoding="ascii") as control:
            control.write("PROGRESS_MS=30000\nPROGRESS_CANCELABLE=Saving\n" if slow else "")

    try:
        keeper = virsh(daemon, "test:///default")  # the world lives as long as somebody looks
        done(virsh(daemon, "test:///default", "define", write_machine(folder, "test", "slow")))
        beside_slow(daemon, "state of a domain beside a start of 30 s", "test:///default", "test:///default?job-ms=30000", ("start", "slow"), "test")
        keeper.kill()
        sim = os.path.join(build, "sim/7.2.22")
        if os.path.isdir(sim):
            uri = f"vbox:///session?home={sim}"
            for name in ("slow", "other"):
                done(virsh(daemon, uri, "define", write_machine(folder, "vbox", name)))
                done(virsh(daemon, uri, "start", name))
            beside_slow(daemon, "state of a stand-in's machine beside a saving of 30 s", uri, uri, ("managedsave", "slow"), "other", take_time)
    finally:
        daemon.end()


def define_many(daemon, n, folder):
    """Keeps a virsh open that has defined them: the machines of test:///default live as long as somebody looks."""
    holder = subprocess.Popen(["virsh", "-q", "-c", f"test+unix:///default?socket={daemon.socket}"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    for i in range(n):
        path = os.path.join(folder, "m.xml.%d" % i)
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"<domain type='test'><name>m{i:04}</name><memory>65536</memory><os><type>hvm</type></os></domain>")
        holder.stdin.write(f"define {path}\n")
    holder.stdin.write("echo all-are-there\necho\n")
    holder.stdin.flush()
    for line in holder.stdout:
        if "all-are-there" in line:
            return holder
    raise AssertionError("virsh ended")


def main():
    with tempfile.TemporaryDirectory(prefix="everbox-bench-") as folder:
        os.chmod(folder, 0o711)
        home = os.path.join(folder, "theirs")
        run = os.path.join(home, "run")
        os.makedirs(run, 0o700)
        ours_conf = os.path.join(folder, "everboxd.conf")
        with open(ours_conf, "w", encoding="utf-8") as conf:
            conf.write("max_clients = 5000\nmax_anonymous_clients = 500\n")
        theirs_conf = os.path.join(folder, "libvirtd.conf")
        with open(theirs_conf, "w", encoding="utf-8") as conf:
            conf.write("max_clients = 5000\nmax_anonymous_clients = 500\n")
        command = ["libvirtd", "-f", theirs_conf]
        if os.geteuid() == 0:
            for path in (home, run):
                shutil.chown(path, "nobody")
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]

        def start():
            return (Daemon("everboxd", [os.path.join(build, "everboxd"), "-f", ours_conf, "-s", os.path.join(folder, "sock")], "sock",
                           dict(os.environ, HOME=folder), folder),
                    Daemon("libvirtd", command, "theirs/run/libvirt/libvirt-sock",
                           {"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": run}, folder))

        ours, theirs = start()
        try:
            before = ours.cpu()
            time.sleep(2)
            print(f"at rest: everboxd {(ours.cpu() - before) / 2:.1f} % of a core")
            for clients in (1, 16, 256):
                both(ours, theirs, f"DOMAIN_GET_STATE, {clients} clients", "state", clients, SECONDS,
                     fields=("calls_per_second", "p99_us"))
            both(ours, theirs, "connect to first answer", "connect", 200, fields=("median_us", "p99_us"))
            both(ours, theirs, "1,000 events to 100 clients", "events", 100, 1000, fields=("events_per_second",))
            print("10,000 events to 100 clients, each once and in order: everboxd %.0f events a second"
                  % ours.measure("events", 100, 10000)["events_per_second"], flush=True)
            holders = [define_many(d, 1000, folder) for d in (ours, theirs)]
            times = [(ours.list_all(), theirs.list_all()) for _ in range(5)]
            a, b = (statistics.median(t[i] for t in times) for i in (0, 1))
            print(f"virsh list --all of 1,000 machines: ms: everboxd {a:.0f}, libvirtd {b:.0f}, ratio {a / b:.2f}", flush=True)
            for holder in holders:
                holder.stdin.close()
                holder.wait(60)
            for daemon in (ours, theirs):
                daemon.end()
            ours, theirs = start()  # what they keep of the work before is not what idle clients cost
            sizes = []
            for daemon in (ours, theirs):
                idle = subprocess.Popen([CLIENT, daemon.socket, "test:///default", "idle", "1000"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
                assert idle.stdout.readline() == b"ready\n"
                sizes.append(daemon.memory())
                idle.stdin.close()
                idle.wait(60)
            print(f"memory with 1,000 idle clients: KiB: everboxd {sizes[0]}, libvirtd {sizes[1]}, ratio {sizes[0] / sizes[1]:.2f}")
        finally:
            ours.end()
            theirs.end()
        slow_operations(folder)


if __name__ == "__main__":
    main()
