# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ports that nobody listens on."""
import socket


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
