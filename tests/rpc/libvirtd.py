# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt's own daemon, to compare with. Exit status 77 where it does not start."""
import os
import shutil
import subprocess
import sys
import time


class Reference:
    """libvirt's daemon, as a session of a user who is not root: it takes its places from the environment."""

    def __init__(self, folder):
        self.folder = folder
        run = os.path.join(folder, "run")
        os.mkdir(run, 0o700)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_RUNTIME_DIR": run}
        command = ["libvirtd", "--timeout=300"]
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
            shutil.chown(run, "nobody")
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + command
        self.log = open(os.path.join(folder, "libvirtd.log"), "w", encoding="utf-8")
        self.path = os.path.join(run, "libvirt/libvirt-sock")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(1000):
            if os.path.exists(self.path) or self.process.poll() is not None:
                break
            time.sleep(0.02)
        if self.process.poll() is not None or not os.path.exists(self.path):
            with open(self.log.name, encoding="utf-8") as log:
                print(log.read())
            print("skipped: libvirtd does not start here")
            sys.exit(77)

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
