#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""everbox at a terminal (tmux): completion, history, Ctrl-C, the progress bar, colour. terminal.py EVERBOX [SIM]"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOCKET = "everbox-%d" % os.getpid()
failures = []


def tmux(*args):
    return subprocess.run(["tmux", "-L", SOCKET, "-f", "/dev/null", *args], check=False, capture_output=True,
                          text=True).stdout


class Terminal:
    """One terminal of 100 x 40 that runs a command."""

    def __init__(self, name, command, env):
        self.name = name
        words = ["%s=%s" % item for item in env.items()]
        tmux("new-session", "-d", "-s", name, "-x", "100", "-y", "40", "env", *words, *command)

    def type(self, *keys):
        tmux("send-keys", "-t", self.name, *keys)

    def text(self, escapes=False):
        return tmux("capture-pane", "-p", "-t", self.name, *(["-e"] if escapes else []))

    def wait(self, what, seconds=15, escapes=False):
        """Waits until the screen fulfills `what`, a string or a function of the text."""
        fits = what if callable(what) else lambda text: what in text
        end = time.time() + seconds
        while time.time() < end:
            if fits(self.text(escapes)):
                return True
            time.sleep(0.05)
        return False

    def close(self):
        tmux("kill-session", "-t", self.name)


def check(good, what, terminal):
    print("%s %s" % ("ok  " if good else "FAIL", what))
    if not good:
        failures.append(what)
        print(terminal.text())


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def prompts(text):
    """The shell waits for a command. (tmux leaves out the blank at the end.)"""
    return last_line(text) == "everbox #"


def completion(terminal):
    terminal.wait(prompts)
    terminal.type("domin", "Tab")
    check(terminal.wait(lambda t: last_line(t) == "everbox # dominfo"), "Tab completes a command", terminal)
    terminal.type("te", "Tab", "Enter")
    check(terminal.wait("Security DOI"), "Tab completes the name of a domain", terminal)
    terminal.type("C-l", "list --manag", "Tab")
    check(terminal.wait("list --managed-save"), "Tab completes an option", terminal)
    terminal.type("C-u", "shutdown test --mode ", "Tab")
    check(terminal.wait(lambda t: "paravirt" in t and "initctl" in t), "Tab shows the values of an option", terminal)
    terminal.type("C-u", "define names", "Tab")
    check(terminal.wait("define names.xml"), "Tab completes file names", terminal)
    terminal.type("C-u")


def names(terminal):
    terminal.wait(prompts)
    terminal.type("C-l", "domid ü", "Tab")
    check(terminal.wait("domid ünï\\ 中文\\ x"), "Tab quotes the blanks of a name", terminal)
    terminal.type("Enter")
    check(terminal.wait(lambda t: "\n1\n" in t), "the name is read back", terminal)
    terminal.type('C-l', 'domuuid "a', "Tab")
    check(terminal.wait(lambda t: "a'b" in t and "a\\xb" in t), "Tab inside quotes shows what fits", terminal)
    terminal.type("C-u")


def history(terminal, home):
    terminal.type("C-l", "uri", "Enter")
    terminal.wait("test:///default")
    terminal.type("C-l", "Up")
    check(terminal.wait(lambda t: last_line(t) == "everbox # uri"), "Up brings the line before back", terminal)
    terminal.type("C-u", "quit", "Enter")
    time.sleep(0.3)
    path = os.path.join(home, ".local/state/everbox/history")
    check(os.path.exists(path) and os.stat(path).st_mode & 0o77 == 0, "history is kept, for the user alone", terminal)


def interrupt_at_prompt(terminal):
    terminal.wait(prompts)
    terminal.type("C-l", "destroy test")
    terminal.wait("destroy test")
    terminal.type("C-c")
    check(terminal.wait(prompts), "Ctrl-C clears the line", terminal)
    terminal.type("domstate test", "Enter")
    check(terminal.wait("running"), "the prompt lives on after Ctrl-C", terminal)
    terminal.type("C-d")


def prompt_kinds(everbox, env):
    terminal = Terminal("readonly", [everbox, "-r", "-c", "test:///default"], env)
    check(terminal.wait(lambda t: last_line(t) == "everbox >"), "a read-only prompt shows >", terminal)
    terminal.type("connect", "Enter")
    check(terminal.wait(prompts), "connect changes the prompt", terminal)
    terminal.close()


def bash(everbox, env, home):
    """The completion script in a bash without any set-up."""
    script = subprocess.run([everbox, "--generate", "bash"], check=True, capture_output=True, text=True).stdout
    with open("completion", "w", encoding="utf-8") as f:
        f.write(script)
    env = dict(env, PATH="%s:%s" % (os.path.dirname(everbox), env["PATH"]), PS1="$ ")
    terminal = Terminal("bash", ["bash", "--norc", "--noprofile", "-i"], env)
    terminal.type("source ./completion; clear", "Enter", "everbox -c test:///default domin", "Tab", "te", "Tab")
    check(terminal.wait("default dominfo test"), "bash completes commands and names after a URI", terminal)
    terminal.type("C-u", "everbox -c test:///default shutdown test --mode=ag", "Tab")
    check(terminal.wait("--mode=agent"), "bash completes a value after =", terminal)
    terminal.type("C-u", "everbox -c test://%s/names.xml domid ü" % home, "Tab")
    check(terminal.wait(lambda t: "中文\\ x" in t.replace("\n", "")), "bash quotes names", terminal)
    terminal.type("C-u", "everbox --qu", "Tab")
    check(terminal.wait("everbox --quiet"), "bash completes the program's options", terminal)
    terminal.close()


def edit(everbox, env):
    """A refused edit asks what to do."""
    env = dict(env, EDITOR="sed -i s,utc,nonsense,")
    terminal = Terminal("edit", [everbox, "-c", "test:///default"], env)
    terminal.wait(prompts)
    terminal.type("C-l", "edit test", "Enter")
    check(terminal.wait("Try again? [y,n,i,f,?]:"), "a refused edit asks", terminal)
    terminal.type("?", "Enter")
    check(terminal.wait("y - yes"), "? explains the answers", terminal)
    terminal.type("n", "Enter")
    check(terminal.wait(prompts), "n gives up", terminal)
    terminal.type("C-l", "dumpxml test --xpath //clock", "Enter")
    check(terminal.wait('offset="utc"'), "nothing changed", terminal)
    terminal.close()


MACHINE = """<domain type='vbox'><name>web server</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type></os></domain>"""


def progress(everbox, env, sim):
    """A stand-in VirtualBox whose operations take four seconds."""
    env = dict(env, VBOX_APP_HOME=os.path.join(sim, "7.2.22"), EVERBOX_SIM_PROGRESS_MS="4000")
    with open("web.xml", "w", encoding="utf-8") as f:
        f.write(MACHINE)
    terminal = Terminal("progress", [everbox], env)
    terminal.wait(prompts, 30)
    terminal.type("C-l", "define web.xml", "Enter")
    terminal.wait("defined", 30)
    terminal.type("C-l", "start 'web server'", "Enter")
    check(terminal.wait(lambda t: "#" * 10 + "." * 3 in t or "#" * 15 in t), "a long operation shows a bar", terminal)
    check(terminal.wait("s left"), "the bar shows the time left", terminal)
    check(terminal.wait("started", 30), "the operation ends", terminal)
    check("s left" not in terminal.text(), "the bar goes away", terminal)
    terminal.type("C-l", "managedsave 'web server'; uri", "Enter")
    terminal.wait("s left", 30)
    terminal.type("C-c")
    check(terminal.wait("Stopping where it can be stopped", 30), "Ctrl-C asks the operation to stop", terminal)
    check(terminal.wait(prompts, 30), "the prompt comes back", terminal)
    check("vbox:///" not in terminal.text(), "what was to follow is not run", terminal)
    terminal.type("C-l", "start 'web server'", "Enter")
    terminal.wait("s left", 30)
    terminal.type("C-c")
    terminal.wait("Stopping where it can be stopped", 30)
    terminal.type("C-c")
    check(terminal.wait(lambda t: t == "", 10), "a second Ctrl-C leaves at once", terminal)
    terminal.close()


def shell(everbox, env, commands):
    """Another process, which says nothing of it."""
    return subprocess.run([everbox, "-q", commands], env=dict(os.environ, **env), check=False, capture_output=True, text=True, timeout=60)


def watch(everbox, env, sim, home):
    """list --watch, await and event while another process changes a stand-in's machine."""
    env = dict(env, VBOX_APP_HOME=os.path.join(sim, "7.2.22"), VBOX_USER_HOME=os.path.join(home, "watched"))
    with open("web.xml", "w", encoding="utf-8") as f:
        f.write(MACHINE)
    shell(everbox, env, "define web.xml")
    terminal = Terminal("watch", ["sh", "-c", "trap : INT; '%s' list --all --watch; echo status $?; sleep 60" % everbox], env)
    check(terminal.wait(lambda t: "web server   shut off" in t, 30), "list --watch shows the list", terminal)
    waiting = subprocess.Popen([everbox, "await", "web server", "running", "--timeout", "60"], env=dict(os.environ, **env))
    lines = open(os.path.join(home, "changes"), "w+", encoding="utf-8")
    plain = subprocess.Popen([everbox, "list", "--all", "--watch"], env=dict(os.environ, **env), stdout=lines)
    told = open(os.path.join(home, "told"), "w+", encoding="utf-8")
    events = subprocess.Popen([everbox, "event", "--all", "--loop", "--timestamp", "--json"], env=dict(os.environ, **env), stdout=told)
    check(eventually(lambda: "shut off" in read(lines)), "off a terminal the list comes first", terminal)
    time.sleep(0.5)
    shell(everbox, env, "start 'web server'")
    check(terminal.wait(lambda t: "web server   running" in t and "shut off" not in t, 30), "a change is drawn", terminal)
    check(waiting.wait(60) == 0, "await ends when the machine runs", terminal)
    check(eventually(lambda: "web server: shut off -> running\n" in read(lines)), "off a terminal a change is a line", terminal)
    shell(everbox, env, "destroy 'web server'; undefine 'web server' --nvram")
    check(terminal.wait(lambda t: "web server" not in t and "Name" in t, 30), "what is gone is not drawn", terminal)
    check(eventually(lambda: "web server: shut off -> -\n" in read(lines)), "off a terminal what is gone is a line", terminal)
    check(eventually(lambda: '"detail": "Removed"' in read(told)), "event tells every step as JSON", terminal)
    check(all(word in read(told) for word in ('"detail": "Booted"', '"what": "Stopped"', '"time": "20')),
          "event tells when, too", terminal)
    terminal.type("C-c")
    check(terminal.wait("status 0"), "Ctrl-C ends list --watch with 0", terminal)
    for process in (plain, events):
        process.send_signal(signal.SIGINT)
        process.wait(30)
    check((plain.returncode, events.returncode) == (0, 0), "Ctrl-C ends both with 0", terminal)
    missing = subprocess.run([everbox, "-c", "test:///default", "await", "test", "paused", "--timeout", "1"], env=dict(os.environ, **env),
                             capture_output=True, text=True, check=False)
    check(missing.returncode == 1 and "is not paused after 1 seconds" in missing.stderr, "await gives up in time", terminal)
    terminal.close()


def read(file):
    with open(file.name, encoding="utf-8") as again:
        return again.read()


def eventually(holds, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def main(everbox, sim=None):
    if not shutil.which("tmux"):
        print("no tmux here")
        return 77
    everbox = os.path.abspath(everbox)
    data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
    with tempfile.TemporaryDirectory() as folder:
        home = os.path.join(folder, "home")
        shutil.copytree(data, home)
        env = {"HOME": home, "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TERM": "tmux-256color",
               "XDG_RUNTIME_DIR": home}
        os.chdir(home)
        try:
            tmux("new-session", "-d", "-s", "keeper", "sleep", "300")
            terminal = Terminal("first", [everbox, "-c", "test:///default"], env)
            completion(terminal)
            history(terminal, home)
            terminal = Terminal("second", [everbox, "-c", "test:///default"], env)
            terminal.wait(prompts)
            terminal.type("C-l", "Up", "Up")
            check(terminal.wait(lambda t: last_line(t) == "everbox # uri"), "the next shell has the history", terminal)
            terminal.type("C-u")
            interrupt_at_prompt(terminal)
            terminal = Terminal("names", [everbox, "-c", "test://%s/names.xml" % home], env)
            names(terminal)
            terminal.close()
            prompt_kinds(everbox, env)
            bash(everbox, env, home)
            edit(everbox, env)
            if sim:
                progress(everbox, env, sim)
                watch(everbox, env, sim, home)
        finally:
            tmux("kill-server")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
