# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes an XPT 1.2 type library from interface facts, as an installation of that release carries one.

Only what the facts know is in it: enums get an id made from their name, reserved members numbered names.
"""

import struct
import uuid

GETTER, SETTER, NOTXPCOM, HIDDEN = 0x80, 0x40, 0x20, 0x08
IN, OUT, RETVAL = 0x80, 0x40, 0x20
POINTER, REFERENCE = 0x80, 0x20
TAGS = {"i8": 0, "i16": 1, "i32": 2, "i64": 3, "u8": 4, "u16": 5, "u32": 6, "u64": 7, "bool": 10, "result": 6,
        "void": 13, "uuid": 14, "string": 16, "wstring": 17}
INTERFACE, ARRAY = 18, 20
NO_IID = uuid.UUID(int=0)
DIRECTIONS = {"in": IN, "out": OUT, "inout": IN | OUT, "ret": OUT | RETVAL}


class XptWriter:
    def __init__(self, release):
        self.release = release
        names = set(release.interfaces) | set(release.enums) | {"nsISupports"}
        names |= {i.base for i in release.interfaces.values()} - {"-"}
        self.names = sorted(names)
        self.index = {n: i + 1 for i, n in enumerate(self.names)}
        self.pool = bytearray()
        self.strings = {}

    def offset_of(self, text):
        """Offset of a string in the pool, from 1."""
        if text not in self.strings:
            self.strings[text] = len(self.pool) + 1
            self.pool += text.encode("ascii") + b"\0"
        return self.strings[text]

    def type(self, name, size_is=None):
        if size_is is not None:
            return struct.pack(">BBB", POINTER | ARRAY, size_is, size_is) + self.type(name)
        if name == "unknown":
            name = "nsISupports"
        if name in self.release.enums:
            return struct.pack(">B", TAGS["u32"])
        if name in ("string", "wstring", "uuid"):
            return struct.pack(">B", POINTER | TAGS[name])
        if name in TAGS:
            return struct.pack(">B", TAGS[name])
        return struct.pack(">BH", POINTER | INTERFACE, self.index[name])

    def params(self, params):
        """(number of parameters, their bytes)"""
        out, n = b"", 0
        for p in params:
            flags = DIRECTIONS[p.direction]
            if p.raw or p.type == "ptr":
                out += struct.pack(">BB", flags, POINTER | TAGS["void"])
            elif p.array:
                out += struct.pack(">B", flags & ~RETVAL) + self.type("u32")
                out += struct.pack(">B", flags) + self.type(p.type, size_is=n)
                n += 1
            elif p.type == "uuid" and p.direction == "in":
                out += struct.pack(">BB", flags, POINTER | REFERENCE | TAGS["uuid"])
            else:
                out += struct.pack(">B", flags) + self.type(p.type)
            n += 1
        return n, out

    def method(self, name, flags, params):
        n, data = self.params(params)
        result = struct.pack(">BB", 0, TAGS["u32"])
        return struct.pack(">BIB", flags, self.offset_of(name), n) + data + result

    def methods_of(self, iface):
        """The methods' bytes, in vtable order."""
        out, reserved = [], {"attr": 0, "method": 0}
        for m in iface.members:
            if m.kind == "attr":
                out += self.accessors(m)
            elif m.kind == "method":
                flags = HIDDEN if m.native or any(p.raw for p in m.params) else 0
                out.append(self.method(m.name, flags, m.params))
            else:
                kind = m.kind.split("-")[1]
                number = type("Number", (), {"direction": "ret", "type": "u32", "array": False, "raw": False})
                for _ in range(m.count):
                    reserved[kind] += 1
                    name = "InternalAndReserved%s%d%s" % ("Attribute" if kind == "attr" else "Method", reserved[kind],
                                                          iface.name)
                    out.append(self.method(name, GETTER if kind == "attr" else 0, [number] if kind == "attr" else []))
        return out

    def accessors(self, m):
        """An attribute's getter and setter. XPIDL has no attributes of array type: those are methods."""
        value = type(m.type)("in", m.type.type + ("[]" if m.type.array else ""), "value")
        upper = m.name[0].upper() + m.name[1:]
        out = [self.method("get" + upper, 0, [m.type]) if m.type.array else self.method(m.name, GETTER, [m.type])]
        if m.writable:
            out.append(self.method("set" + upper, 0, [value]) if m.type.array else
                       self.method(m.name, SETTER, [value]))
        return out

    def descriptor(self, parent, methods, constants):
        data = struct.pack(">HH", self.index.get(parent, 0), len(methods)) + b"".join(methods)
        data += struct.pack(">H", len(constants))
        for name, value in constants:
            data += struct.pack(">IBI", self.offset_of(name), TAGS["u32"], value)
        return data + struct.pack(">B", 0x80)

    def write(self):
        entries = []
        for name in self.names:
            iface = self.release.interfaces.get(name)
            if iface:
                data = self.descriptor(iface.base, self.methods_of(iface), [])
                iid = uuid.UUID(iface.iid)
            elif name in self.release.enums:
                data = self.descriptor("nsISupports", [], self.release.enums[name])
                iid = uuid.uuid5(uuid.NAMESPACE_OID, "everbox " + name)
            else:
                entries.append((NO_IID, self.offset_of(name), 0))
                continue
            entries.append((iid, self.offset_of(name), len(self.pool) + 1))
            self.pool += data
        directory = 16 + 2 + 2 + 4 + 4 + 4 + 1
        pool = directory + 28 * len(entries)
        header = b"XPCOM\nTypeLib\r\n\x1a" + struct.pack(">BBHIII", 1, 2, len(entries), pool + len(self.pool),
                                                          directory + 1, pool)
        header += b"\x80"  # one empty annotation, the last
        table = b"".join(iid.bytes + struct.pack(">III", name, 0, at) for iid, name, at in entries)
        return header + table + bytes(self.pool)
