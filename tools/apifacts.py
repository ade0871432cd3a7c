# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the interface facts of api/*.api (format: api/README.md), for the generators.

    for release in apifacts.load_all("api"):
        release.version, release.interfaces["IMachine"].members, release.enums["MachineState"]

A delta file (`extends`) is merged with the file that it extends, so each Release stands alone.
"""

import glob
import os
import re

SCALARS = {"bool", "u8", "i8", "i16", "u16", "i32", "u32", "i64", "u64", "wstring", "string", "uuid", "result",
           "unknown", "ptr"}
BUILT_IN_SLOTS = {"nsISupports": 3, "nsIException": 13}


class FactsError(Exception):
    """What is wrong, with the file and the line."""


class Param:
    def __init__(self, direction, type_, name):
        self.direction = direction  # in, out, inout, ret
        self.array = type_.endswith("[]")
        self.raw = type_.endswith("*")
        self.type = type_[:-2] if self.array else type_[:-1] if self.raw else type_
        self.name = name

    def __str__(self):
        return "%s %s%s%s %s" % (self.direction, self.type, "[]" if self.array else "", "*" if self.raw else "",
                                 self.name)


class Member:
    """An attribute, a method, or a run of reserved slots. `slot` counts from the interface's own first slot."""

    def __init__(self, kind, name, slot, params=(), type_=None, writable=False, count=1, native=False,
                 direct=False):
        self.kind = kind  # attr, method, reserved-attr, reserved-method
        self.name = name
        self.slot = slot
        self.params = list(params)
        self.type = type_  # attr: its type as a Param
        self.writable = writable
        self.count = count
        self.native = native
        self.direct = direct
        if kind == "attr":
            self.slots = 2 if writable else 1
        elif kind == "method":
            self.slots = 1
        else:
            self.slots = count


class Interface:
    def __init__(self, name, iid, base, slots):
        self.name = name
        self.iid = iid
        self.base = base
        self.declared_slots = slots
        self.members = []
        self.mscom_only = False

    @property
    def slots(self):
        return sum(m.slots for m in self.members)


class Release:
    def __init__(self, version):
        self.version = version
        self.extends = None
        self.facts = {}  # other header lines and results, by first word
        self.typelib = None
        self.interfaces = {}
        self.enums = {}  # name -> [(constant, number)]
        self.since = {}  # (enum, constant) -> releases
        self.dropped = []

    def first_slot(self, iface):
        """The slots of an interface's parents together."""
        base = iface.base
        if base == "-":
            return 0
        if base in BUILT_IN_SLOTS and base not in self.interfaces:
            return BUILT_IN_SLOTS[base]
        if base not in self.interfaces:
            raise FactsError("%s: base %s of %s is not described" % (self.version, base, iface.name))
        parent = self.interfaces[base]
        return self.first_slot(parent) + parent.slots

    def chain(self, name):
        """An interface, then its parents."""
        while name in self.interfaces:
            yield self.interfaces[name]
            name = self.interfaces[name].base

    def is_enum(self, name):
        return name in self.enums

    def key(self):
        return version_key(self.version)


def version_key(version):
    return tuple(int(n) for n in version.split("."))


def _parse_params(text):
    params = []
    for part in text.split(", "):
        words = part.split(" ")
        if len(words) != 3 or words[0] not in ("in", "out", "inout", "ret"):
            raise ValueError("bad parameter '%s'" % part)
        params.append(Param(*words))
    return params


def _parse_member(words, line, slot):
    flags = set()
    while words[-1] in ("xpcom-only", "mscom-only", "native", "direct"):
        flags.add(words.pop())
        line = line.rsplit(" ", 1)[0]
    if "mscom-only" in flags:
        return None
    native, direct = "native" in flags, "direct" in flags
    if words[0] == "attr" and len(words) == 4 and words[1] in ("ro", "rw"):
        return Member("attr", words[3], slot, type_=Param("ret", words[2], words[3]), writable=words[1] == "rw",
                      native=native, direct=direct)
    if words[0] == "method" and len(words) >= 2:
        rest = line.split(" ", 2)[2] if len(words) > 2 else ""
        return Member("method", words[1], slot, params=_parse_params(rest) if rest else [], native=native,
                      direct=direct)
    if words[0] == "reserved" and len(words) == 3 and words[2] in ("attr", "method"):
        return Member("reserved-" + words[2], "", slot, count=int(words[1]))
    raise ValueError("unknown member line")


def parse(text, where):
    """One file, unmerged."""
    release = None
    iface = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        try:
            if line.startswith("  "):
                if iface is None:
                    raise ValueError("a member outside of an interface")
                member = _parse_member(words, line.strip(), iface.slots)
                if member:
                    iface.members.append(member)
                continue
            iface = None
            if words[0] == "version":
                release = Release(words[1])
            elif release is None:
                raise ValueError("the first line must be `version`")
            elif words[0] == "extends":
                release.extends = words[1]
            elif words[0] == "typelib":
                release.typelib = words[1:]
            elif words[0] == "enum":
                release.enums[words[1]] = [(k, int(v)) for k, v in (w.split("=") for w in words[2:])]
            elif words[0] == "since":
                release.since.setdefault(tuple(words[1].split(".")), []).append(words[2])
            elif words[0] == "drop":
                release.dropped.append((words[1], words[2]))
            elif words[0] == "interface":
                at = {words[i]: words[i + 1] for i in range(2, len(words) - 1, 2)}
                iface = Interface(words[1], at["iid"], at["base"], int(at["slots"]))
                iface.mscom_only = words[-1] == "mscom-only"
                release.interfaces[iface.name] = iface
            else:
                release.facts.setdefault(words[0], []).append(words[1:])
        except (ValueError, IndexError, KeyError) as e:
            raise FactsError("%s:%d: %s" % (where, number, e)) from None
    if release is None:
        raise FactsError("%s: no `version` line" % where)
    for i in release.interfaces.values():
        if i.slots != i.declared_slots:
            raise FactsError("%s: %s has %d slots, its line says %d" % (where, i.name, i.slots,
                                                                       i.declared_slots))
    return release


def _merge(base, delta):
    merged = Release(delta.version)
    merged.extends = delta.extends
    merged.typelib = delta.typelib or base.typelib
    # a class (or result …) of the delta replaces the one with its name, not all of them
    merged.facts = {kind: [w for w in base.facts.get(kind, [])
                           if w[0] not in {d[0] for d in delta.facts.get(kind, [])}] + delta.facts.get(kind, [])
                    for kind in {**base.facts, **delta.facts}}
    merged.interfaces = {**base.interfaces, **delta.interfaces}
    merged.enums = {**base.enums, **delta.enums}
    merged.since = {**base.since, **delta.since}
    for kind, name in delta.dropped:
        table = {"enum": merged.enums, "interface": merged.interfaces}.get(kind)
        if table is not None:
            table.pop(name, None)
    return merged


def load_files(paths):
    """All releases, oldest first. Files whose version is not numeric (base interfaces) are left out."""
    parsed = {}
    for path in paths:
        with open(path, encoding="utf-8") as f:
            release = parse(f.read(), os.path.basename(path))
        if release.extends:  # its `version` is the line's, the file's name says from which release on
            release.version = os.path.basename(path)[: -len(".api")]
        if re.fullmatch(r"\d+(\.\d+)+", release.version):
            if release.version in parsed:
                raise FactsError("%s: version %s is described twice" % (path, release.version))
            parsed[release.version] = release
    out = []
    for release in parsed.values():
        if release.extends:
            if release.extends not in parsed:
                raise FactsError("%s.api extends %s, which is not there" % (release.version, release.extends))
            release = _merge(parsed[release.extends], release)
        for name in [n for n, i in release.interfaces.items() if i.mscom_only]:
            del release.interfaces[name]
        out.append(release)
    return sorted(out, key=Release.key)


def load_all(folder):
    return load_files(sorted(glob.glob(os.path.join(folder, "*.api"))))
