# SPDX-License-Identifier: LGPL-2.1-or-later
"""A throw-away authority and its certificates, in libvirt's layout, by certtool."""
import os
import subprocess

CLIENT = "tls_www_client\nsigning_key\nencryption_key\n"
SERVER = "tls_www_server\nsigning_key\nencryption_key\ndns_name = \"localhost\"\nip_address = \"127.0.0.1\"\n"
DAYS = "expiration_days = 2\n"


class Authority:
    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.key = os.path.join(folder, f"{name}-key.pem")
        self.cert = os.path.join(folder, f"{name}.pem")
        certtool("--generate-privkey", "--key-type=rsa", "--bits=2048", "--outfile", self.key)
        self.shared = self.key
        certtool("--generate-self-signed", "--load-privkey", self.key, "--outfile", self.cert,
                 "--template", self.template(name, f'cn = "{name}"\nca\ncert_signing_key\ncrl_signing_key\n' + DAYS))

    def template(self, name, text):
        path = os.path.join(self.folder, name + ".template")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def issue(self, name, uses, more=DAYS):
        """Files of a certificate for `name`: certificate, key. All share one key: making one takes a while."""
        cert = os.path.join(self.folder, name + ".pem")
        certtool("--generate-certificate", "--load-privkey", self.key, "--load-ca-certificate", self.cert, "--load-ca-privkey", self.key,
                 "--outfile", cert, "--template", self.template(name, f'cn = "{name}"\norganization = "Test"\n' + uses + more))
        return cert, self.key

    def revoke(self, cert):
        crl = os.path.join(self.folder, "crl.pem")
        certtool("--generate-crl", "--load-ca-certificate", self.cert, "--load-ca-privkey", self.key, "--load-certificate", cert,
                 "--outfile", crl, "--template", self.template("crl", "crl_next_update = 2\ncrl_number = 1\n"))
        return crl

    def folder_of(self, name, cert, key, authority=None):
        """What virsh takes as ?pkipath=: links to an authority's certificate and a client's."""
        folder = os.path.join(self.folder, "pki-" + name)
        os.mkdir(folder)
        for link, target in (("cacert.pem", (authority or self).cert), ("clientcert.pem", cert), ("clientkey.pem", key)):
            if target:
                os.symlink(target, os.path.join(folder, link))
        return folder


def certtool(*words):
    subprocess.run(["certtool", *words], check=True, capture_output=True, timeout=60)
