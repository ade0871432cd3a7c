#!/usr/bin/env python3
"""list-dumpxml EVERBOX [MACHINES]: everbox beside VBoxManage on the real VirtualBox, in one run: the list of all machines, and
all that is known of each. Makes MACHINES (200) machines in a new VBOX_USER_HOME; prints the medians and their ratios.

Each pair of commands alternates, warm, with VBoxSVC running (one that is started by each command would hide them); `cold` is
the first command of a session, which has to start VBoxSVC."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

everbox = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
subprocess.run(["pkill", "-x", "VBoxSVC"])
time.sleep(2)
home = tempfile.mkdtemp(prefix="everbox-bench-")
os.environ["VBOX_USER_HOME"] = home
ours = [everbox, "-q", "-c", "vbox:///session"]
theirs = ["VBoxManage", "-q"]


def run(*command):
    began = time.monotonic()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    took = time.monotonic() - began
    if result.returncode:
        sys.exit(f"{' '.join(command)}: {result.stderr.decode()}")
    return took, result.stdout.decode()


def compare(what, first, second, rounds, goal=None):
    """`first` (everbox) and `second` (VBoxManage) are functions that give seconds."""
    a, b = [], []
    for _ in range(rounds):
        a.append(first())
        b.append(second())
    a, b = statistics.median(a), statistics.median(b)
    note = f"  (goal: {goal})" if goal else ""
    print(f"{what:44} everbox {a * 1e3:8.1f} ms   VBoxManage {b * 1e3:8.1f} ms   ratio {a / b:.2f}{note}", flush=True)


def stop_server():
    subprocess.run(["pkill", "-x", "VBoxSVC"])
    while subprocess.run(["pgrep", "-x", "VBoxSVC"], stdout=subprocess.DEVNULL).returncode == 0:
        time.sleep(0.05)


def cold(*command):
    stop_server()
    return run(*command)[0]


# Keeps VBoxSVC alive while the machines are made: one that is about to leave may lose the last of them.
holder = subprocess.Popen(ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print("list --all", file=holder.stdin, flush=True)
holder.stdout.readline()
run(*theirs, "setproperty", "machinefolder", home + "/machines")
names = [f"machine-{i:03}" for i in range(count)]
for name in names:
    run(*theirs, "createvm", "--name", name, "--ostype", "Debian_64", "--register")
    run(*theirs, "modifyvm", name, "--nic1", "nat", "--memory", "64", "--vram", "16")
    run(*theirs, "storagectl", name, "--name", "SATA", "--add", "sata", "--portcount", "2")
holder.communicate("quit\n")
print(f"{count} machines, VirtualBox {run(*theirs, '--version')[1].split()[-1]}")

compare("list of all, cold (VBoxSVC has to start)", lambda: cold(*ours, "list", "--all"),
        lambda: cold(*theirs, "list", "vms"), 7, "less than 1")
listed = run(*ours, "list", "--all")[1]
if missing := [name for name in names if name not in listed]:
    sys.exit(f"everbox does not list {missing}")
compare("list of all (VBoxManage: no states)", lambda: run(*ours, "list", "--all")[0],
        lambda: run(*theirs, "list", "vms")[0], 15)
every = "; ".join(f"dumpxml {name}" for name in names)
compare("all of each: one everbox, one `list -l vms`", lambda: run(*ours, every)[0],
        lambda: run(*theirs, "list", "-l", "vms")[0], 5)
compare("all of each: a process a machine", lambda: sum(run(*ours, "dumpxml", n)[0] for n in names),
        lambda: sum(run(*theirs, "showvminfo", n)[0] for n in names), 1)
stop_server()
subprocess.run(["rm", "-rf", home])
