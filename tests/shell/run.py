#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a shell test: a .in script in which `run ARGS...` is one run of the tool under test.

  run.py EVERBOX CASE.in            compare with CASE.out
  run.py --beside EVERBOX CASE.in   run virsh too, now, and compare both (77: no virsh here)
  run.py --record TOOL CASE.in      write CASE.out from TOOL (virsh; everbox for own-*.in)

The scripts run in an empty folder with a copy of data/, which is their HOME. Output is stdout and stderr
together, then the exit status. What no two runs have in common is replaced: times, random uuids.
"""
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROLOGUE = """
run() {
    printf '$'; printf ' [%s]' "$@"; echo
    for try in 1 2 3 4 5 6; do
        out=$(timeout "$LIMIT" "$TOOL" "$@" 2>&1; echo "[status $?]")
        case $out in *"[status 124]") ;; *) break ;; esac
    done
    printf '%s\\n' "$out"
}
on() { run -c test:///default "$@"; }
"""
HUNG = "[status 124]"  # of timeout
NOISE = [
    (re.compile(r"^(CPU time: +)[0-9.]+s$", re.M), r"\1Ns"),
    (re.compile(r'("cpu_time_ns": )\d+'), r"\1N"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"), "YYYY-MM-DD HH:MM:SS +ZZZZ"),
    (re.compile(r"\b1[789]\d{8}\b"), "SECONDSNOW"),
    (re.compile(r"after [0-9]+ ms"), "after N ms"),
    (re.compile(r"[0-9]+ of the [0-9]+ members"), "N of the N members"),
    (re.compile(r"of [0-9]+ members\)"), "of N members)"),
    (re.compile(r"^\(Time: [0-9.]+ ms\)$", re.M), "(Time: N ms)"),
    (re.compile(r"\b(?!6695eb01)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b52:54:00(:[0-9a-f]{2}){3}\b"), "MAC"),
    (re.compile(r"(virsh|everbox)[A-Za-z0-9]{6}\.xml"), "TEMPFILE"),
]


def output(tool, case):
    with tempfile.TemporaryDirectory() as folder:
        home = os.path.join(folder, "home")
        shutil.copytree(os.path.join(HERE, "data"), home)
        env = {
            "PATH": os.environ["PATH"], "HOME": home, "TOOL": tool, "LC_ALL": "C.UTF-8", "TERM": "dumb",
            "XDG_RUNTIME_DIR": home,
            # virsh 9.0 hangs now and then in save and managedsave; it is run again then.
            "LIMIT": "4" if os.path.basename(tool) == "virsh" else "60",
            "TMPDIR": folder,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "SIM"):
            if name in os.environ:
                env[name] = os.environ[name]
        with open(case, encoding="utf-8") as f:
            script = PROLOGUE + f.read()
        done = subprocess.run(["sh", "-c", script], cwd=home, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280, check=False)
        text = done.stdout.decode("utf-8", "backslashreplace")
    text = text.replace(home, "HOME").replace(folder, "TMP")
    if "SIM" in os.environ:
        text = text.replace(os.path.realpath(os.environ["SIM"]), "SIM").replace(os.environ["SIM"], "SIM")
    # Both show the welcome and the prompt with their own names.
    text = re.sub(r"^virsh( [#>] )", r"everbox\1", text, flags=re.M)
    text = text.replace("Welcome to virsh,", "Welcome to everbox,")
    for pattern, by in NOISE:
        text = pattern.sub(by, text)
    return text


def compare(want, got, names):
    if want == got:
        return 0
    sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), got.splitlines(True), *names))
    return 1


def main(args):
    mode = args.pop(0) if args[0].startswith("--") else "--recorded"
    tool, case = args
    tool = os.path.abspath(shutil.which(tool) or tool)
    expected = case[:-3] + ".out"
    if mode == "--record":
        with open(expected, "w", encoding="utf-8") as f:
            f.write(output(tool, case))
        return 0
    if mode == "--beside":
        virsh = shutil.which("virsh")
        if not virsh:
            print("no virsh here to compare with")
            return 77
        said = output(virsh, case)
        if HUNG not in said:
            return compare(said, output(tool, case), ("virsh", "everbox"))
        print("virsh hung, again and again: compared with what it said when that was recorded")
    with open(expected, encoding="utf-8") as f:
        return compare(f.read(), output(tool, case), (expected, "everbox"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
