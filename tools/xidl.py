# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a VirtualBox.xidl (the XML in an SDK) and gives the lines of an .api file (api/README.md)."""

import xml.etree.ElementTree

TYPES = {"boolean": "bool", "octet": "u8", "short": "i16", "unsigned short": "u16", "long": "i32",
         "unsigned long": "u32", "long long": "i64", "unsigned long long": "u64", "char": "string", "string": "string",
         "wstring": "wstring", "uuid": "uuid", "result": "result", "$unknown": "unknown", "$dispatched": "unknown"}
DIRECTIONS = {"in": "in", "out": "out", "return": "ret"}
BASES = {"$unknown": "nsISupports", "$dispatched": "nsISupports", "$errorinfo": "nsIException"}
ONLY = {None: "", "midl": " mscom-only", "xpidl": " xpcom-only"}
SILENT = {"desc", "descGroup", "note", "link", "see", "cpp", "rest", "sourcedir"}


class XidlError(Exception):
    pass


def walk(element, target=None):
    """(child, target) of an element, with what is inside <if> and <application>; `target`: midl, xpidl, or None."""
    for child in element:
        if child.tag == "if":
            if child.get("target") in ("midl", "xpidl"):
                yield from walk(child, child.get("target"))
        elif child.tag in ("application", "library"):
            yield child, target
            yield from walk(child, target)
        elif child.tag == "descGroup":
            yield from walk(child, target)
        elif child.tag not in SILENT:
            yield child, target


class Xidl:
    def __init__(self, path):
        try:
            root = xml.etree.ElementTree.parse(path).getroot()
        except (xml.etree.ElementTree.ParseError, OSError) as e:
            raise XidlError("%s: %s" % (path, e)) from None
        if root.tag != "idl":
            raise XidlError("%s: the root element is <%s>, not <idl>" % (path, root.tag))
        # before 3.0, interfaces that are dual said so; afterwards all are
        self.all_dual = not any(i.get("extends") == "$dispatched" for i in root.iter("interface"))
        self.names = {e.get("name") for tag in ("interface", "enum") for e in root.iter(tag)}
        self.blocks = []  # (kind, name, lines)
        makers = {"library": self._library, "application": self._application, "result": self._result,
                  "enum": self._enum, "interface": self._interface, "module": self._module}
        for element, target in walk(root):
            if element.tag not in makers:
                raise XidlError("%s: unknown element <%s>" % (path, element.tag))
            makers[element.tag](element, target)

    def _add(self, kind, name, *lines):
        self.blocks.append((kind, name, list(lines)))

    def _library(self, e, target):
        self._add("typelib", e.get("name"), "typelib %s %s %s" % (e.get("name"), e.get("uuid"), e.get("version")))

    def _application(self, e, target):
        name = e.get("name").replace(" ", "_")
        if e.get("version"):  # before there was a <library>
            self._add("typelib", name, "typelib %s %s %s" % (name, e.get("uuid"), e.get("version")))
        else:
            self._add("app", name, "app %s %s%s" % (name, e.get("uuid"), ONLY[target]))

    def _result(self, e, target):
        self._add("result", e.get("name"), "result %s 0x%08x" % (e.get("name"), int(e.get("value"), 0)))

    def _enum(self, e, target):
        constants = ["%s=%d" % (c.get("name"), int(c.get("value"), 0) & 0xffffffff) for c in e.iter("const")]
        self._add("enum", e.get("name"), "enum %s %s" % (e.get("name"), " ".join(constants)))

    def _module(self, e, target):
        for c in e.iter("class"):
            ifaces = list(c.iter("interface"))
            default = [i.get("name") for i in ifaces if i.get("default") == "yes"] or [i.get("name") for i in ifaces]
            also = "".join(" also " + i.get("name") for i in ifaces if i.get("name") != default[0])
            self._add("class", c.get("name"), "class %s clsid %s contract @%s/%s;1 module %s %s default %s%s%s" % (
                c.get("name"), c.get("uuid"), c.get("namespace"), c.get("name"), e.get("name"), e.get("context"),
                default[0], also, ONLY[target]))

    def _type(self, e, where):
        name, mod = e.get("type"), e.get("mod")
        if mod == "string":
            token = "wstring"
        elif name in TYPES:
            token = TYPES[name]
        elif name in self.names:
            token = name
        else:
            raise XidlError("%s: unknown type '%s'" % (where, name))
        if mod == "ptr":
            token += "*"
        elif mod not in (None, "string"):
            raise XidlError("%s: unknown mod '%s'" % (where, mod))
        return token + ("[]" if e.get("safearray") == "yes" else "")

    def _attribute(self, e, where):
        return "attr %s %s %s" % ("ro" if e.get("readonly") == "yes" else "rw", self._type(e, where), e.get("name"))

    def _method(self, e, where, side=None):
        params = []
        for p, target in walk(e):
            if p.tag == "param" and (target is None or target == side):
                if p.get("dir") not in DIRECTIONS:
                    raise XidlError("%s: unknown direction '%s'" % (where, p.get("dir")))
                params.append("%s %s %s" % (DIRECTIONS[p.get("dir")], self._type(p, where), p.get("name")))
        return "method %s%s" % (e.get("name"), " " + ", ".join(params) if params else "")

    def _interface(self, e, target):
        """Attributes, reserved attributes, methods, reserved methods, then what XPCOM alone has."""
        name = e.get("name")
        attributes, methods, xpcom = [], [], []
        slots, com_slots = 0, 0
        for m, side in walk(e):
            where = "%s.%s" % (name, m.get("name"))
            if m.tag not in ("attribute", "method"):
                raise XidlError("%s: unknown element <%s>" % (name, m.tag))
            n = 2 if m.tag == "attribute" and m.get("readonly") != "yes" else 1
            slots += n if side != "midl" else 0
            com_slots += n if side != "xpidl" else 0
            if m.tag == "attribute":
                line = [self._attribute(m, where) + ONLY[side]]
            elif any(t for p, t in walk(m) if p.tag == "param"):
                line = [self._method(m, where, t) + ONLY[t] for t in ("midl", "xpidl")]
            else:
                line = [self._method(m, where) + ONLY[side]]
            (xpcom if side == "xpidl" else attributes if m.tag == "attribute" else methods).extend(line)
        for kind, into in (("attr", attributes), ("method", methods)):
            n = int(e.get("reservedAttributes" if kind == "attr" else "reservedMethods") or 0)
            slots, com_slots = slots + n, com_slots + n
            if n:
                into.append("reserved %d %s" % (n, kind))
        head = "interface %s iid %s base %s com %s slots %d%s%s" % (
            name, e.get("uuid"), BASES.get(e.get("extends"), e.get("extends")), self._com_base(e), slots,
            " com-slots %d" % com_slots if com_slots != slots and target is None else "",
            ONLY[target] if target == "midl" else "")
        if target == "midl":
            head = head.replace("slots %d" % slots, "slots %d" % com_slots)
        self._add("interface", name, head, *("  " + line for line in attributes + methods + xpcom))

    def _com_base(self, e):
        base = e.get("extends")
        if base == "$errorinfo":
            return "IErrorInfo"
        if base == "$dispatched" or (base == "$unknown" and self.all_dual and e.get("notdual") != "yes"):
            return "IDispatch"
        return "IUnknown" if base == "$unknown" else base


ORDER = ["typelib", "app", "class", "result", "enum", "interface"]


def api_blocks(xidl):
    """The blocks in the order of the files in api/."""
    return [b for kind in ORDER for b in xidl.blocks if b[0] == kind]
