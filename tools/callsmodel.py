# SPDX-License-Identifier: LGPL-2.1-or-later
"""What gen-calls knows before it writes C: used.def and the facts, made into members, shapes and enums.

A *signature* is what one release says of a member. Signatures that mean the same C function make one *shape*;
a shape has an ABI string and a marshalling code ("thunk") for each way in which a release passes it.
"""

import apifacts

# ABI letters of the types, as bind.c writes them from a type library: the size counts, not the sign.
ABI_LETTER = {"bool": "b", "u8": "1", "i8": "1", "i16": "2", "u16": "2", "i32": "4", "u32": "4", "result": "4",
              "i64": "8", "u64": "8", "wstring": "w", "string": "s", "uuid": "g", "ptr": "p"}
# Kinds of the C side. Sizes and ids lose their sign and their form here.
C_KIND = {"bool": "b", "u8": "B", "i8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "u", "result": "i",
          "i64": "l", "u64": "l", "wstring": "s", "string": "s", "uuid": "s", "unknown": "U"}


class UsedError(Exception):
    pass


class Feature:
    def __init__(self, name, text):
        self.name, self.text = name, text


class UsedMember:
    def __init__(self, where, feature, iface, name):
        self.where, self.feature, self.iface, self.name = where, feature, iface, name
        self.writable = False
        self.aliases = []  # (name, is_method)
        self.shapes = []
        self.witness = {}  # shape -> (interface, member)
        self.renamed = {}  # parameter name -> the name that it is compared as
        self.flags = set()  # parameters that are numbers, not enum values


class Used:
    """used.def, read. Its format is described at its head."""

    def __init__(self):
        self.features, self.members = [], []
        self.iface_alias, self.enum_alias, self.enums = {}, {}, []
        self.implemented = []  # (where, interface)
        self._seen = {}

    def add_line(self, where, line):
        words = line.split()
        if words[0] == "feature":
            head, _, text = line.partition('"')
            if len(head.split()) != 2 or not text.endswith('"'):
                raise UsedError('%s: expected: feature NAME "text"' % where)
            self.features.append(Feature(words[1], text[:-1]))
        elif words[0] == "interface" and len(words) >= 4 and words[2] == "alias":
            self.iface_alias.update({w: words[1] for w in words[3:]})
        elif words[0] == "enum" and (len(words) == 2 or words[2] == "alias" and len(words) > 3):
            self.enums.append(words[1])
            self.enum_alias.update({w: words[1] for w in words[3:]})
        elif words[0] == "implement" and len(words) == 2:
            self.implemented.append((where, words[1]))
        elif "." in words[0]:
            self._add_member(where, words)
        else:
            raise UsedError("%s: unknown line '%s'" % (where, line))

    def _add_member(self, where, words):
        if not self.features:
            raise UsedError("%s: a member before the first feature" % where)
        iface, name = words[0].split(".", 1)
        if words[0].lower() in self._seen:
            raise UsedError("%s: %s is there already (%s)" % (where, words[0], self._seen[words[0].lower()]))
        self._seen[words[0].lower()] = where
        m = UsedMember(where, self.features[-1], iface, name)
        option = None
        for w in words[1:]:
            if w == "rw":
                m.writable, option = True, None
            elif w in ("alias", "shapes", "renamed", "flags", "witness"):
                option, pending = w, None
            elif option == "alias":
                m.aliases.append((w[:-2], True) if w.endswith("()") else (w, False))
            elif option == "shapes":
                m.shapes.append(w)
            elif option == "flags":
                m.flags.add(w.lower())
            elif option == "renamed" and w.count("=") == 1:
                old, new = w.split("=")
                m.renamed[old.lower()] = new.lower()
            elif option == "witness" and pending is None and "." not in w:
                pending = w
            elif option == "witness" and pending and "." in w:
                m.witness[pending] = tuple(w.split(".", 1))
                option = None
            else:
                raise UsedError("%s: unexpected '%s'" % (where, w))
        self.members.append(m)


def read_used(path):
    used = Used()
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = "" if line.startswith("#") else line.split(" #", 1)[0].strip()
            if line:
                used.add_line("%s:%d" % (path.rsplit("/", 1)[-1], number), line)
    return used


class CParam:
    """One parameter of a C function. `kind`: see C_KIND, e an enum, I an interface."""

    def __init__(self, name, out, array, kind, of=None):
        self.name, self.out, self.array, self.kind, self.of = name, out, array, kind, of

    def key(self):
        return (self.out, self.array, self.kind, self.of)


class Signature:
    """One release's parameters of one accessor."""

    def __init__(self, release, params, abi, letters, names):
        self.release, self.params, self.abi, self.letters, self.names = release, params, abi, letters, names


class Shape:
    def __init__(self, params):
        self.name = None
        self.params = params
        self.codes = {}  # ABI string -> marshalling code
        self.releases = []


class Accessor:
    """A getter, a setter or a method: what becomes a C function, or one for each shape."""

    def __init__(self, used, role, c_name):
        self.used, self.role, self.c_name = used, role, c_name
        self.shapes = []
        self.absent = []

    @property
    def id(self):
        return "VB_%s_%s" % (self.used.iface, self.c_name)

    def shape_id(self, shape):
        return self.id + ("__" + shape.name if shape.name else "")

    def function(self, shape):
        return self.shape_id(shape)[len("VB_"):]


def normal_name(name, renamed):
    """A parameter's name without what does not change its meaning: case, a leading a/p/f as in aMedia."""
    if len(name) > 1 and name[0] in "apf" and name[1].isupper():
        name = name[1:]
    name = name.lower()
    return renamed.get(name, name)


class Model:
    def __init__(self, releases, used):
        self.releases, self.used = releases, used
        self.known_enums = {n for r in releases for n in r.enums}
        self.known_ifaces = {n for r in releases for n in r.interfaces}
        self._raw_ifaces = {}
        for alias, name in used.iface_alias.items():
            self._raw_ifaces.setdefault(name, []).append(alias)
        self.accessors = []
        self.enum_names = []
        self.iface_names = []
        self._by_member = {}
        for m in used.members:
            self._add(m)
        self._check_witnesses()
        self._collect_types()
        self._check_implemented()

    # names

    def raw_ifaces(self, name):
        """The names that an interface has had."""
        return [name] + self._raw_ifaces.get(name, [])

    def canonical_iface(self, name):
        return self.used.iface_alias.get(name, name)

    def canonical_enum(self, name):
        return self.used.enum_alias.get(name, name)

    def raw_enums(self, name):
        return [name] + [a for a, n in self.used.enum_alias.items() if n == name]

    # looking a member up in a release

    def find(self, release, iface, names):
        """(member, slot from the vtable's start, the interface's name there) or None."""
        for raw in self.raw_ifaces(iface):
            for owner in release.chain(raw):
                for m in owner.members:
                    for name, as_method in names:
                        if m.name and m.name.lower() == name.lower() and not (as_method and m.kind != "method"):
                            return m, release.first_slot(owner) + m.slot, raw
        return None

    def names_of(self, used):
        return [(used.name, False)] + used.aliases

    # signatures

    def _c_param(self, used, p, name):
        out = p.direction != "in"
        if p.raw or p.type == "ptr" or p.direction == "inout":
            raise UsedError("%s: %s.%s passes a raw pointer" % (used.where, used.iface, used.name))
        if p.type in C_KIND:
            return CParam(name, out, p.array, C_KIND[p.type])
        if p.type in self.known_enums:
            if name.lower() in used.flags and not p.array:
                return CParam(name, out, p.array, "u")
            return CParam(name, out, p.array, "e", self.canonical_enum(p.type))
        if p.type in self.known_ifaces:
            return CParam(name, out, p.array, "I", self.canonical_iface(p.type))
        raise UsedError("%s: unknown type %s" % (used.where, p.type))

    @staticmethod
    def _letter(release, p):
        if p.type in ABI_LETTER:
            return ABI_LETTER[p.type]
        if p.type == "unknown":
            return "InsISupports;"
        return "4" if release.is_enum(p.type) else "I%s;" % p.type

    def _signature(self, used, release, params, bare):
        c_params, abi, letters, names = [], "", [], []
        for p in params:
            d = p.direction[0]
            last_out = p is params[-1] and d != "i"
            letter = self._letter(release, p)
            if p.array:
                abi += ("i4" if d == "i" else "o4") + d + "[" + letter
            else:
                abi += d + letter
            letters.append(letter[0])
            name = "value" if bare else p.name
            c_params.append(self._c_param(used, p, name))
            names.append("" if bare or last_out else normal_name(p.name, used.renamed))
        return Signature(release, c_params, abi, letters, names)

    def signature_of(self, used, role, release):
        """(Signature, slot) of an accessor in a release, or None."""
        found = self.find(release, used.iface, self.names_of(used))
        if not found:
            return None
        m, slot, _ = found
        if role == "set":
            if m.kind != "attr" or not m.writable:
                return None
            p = apifacts.Param("in", m.type.type + ("[]" if m.type.array else ""), "value")
            return self._signature(used, release, [p], True), slot + 1
        if m.kind == "attr":
            if role != "get":
                raise UsedError("%s: %s.%s is an attribute in %s" % (used.where, used.iface, used.name,
                                                                     release.version))
            return self._signature(used, release, [m.type], True), slot
        if m.kind == "method":
            return self._signature(used, release, m.params, role == "get"), slot
        return None

    def _add(self, used):
        kinds = set()
        writable = False
        for r in self.releases:
            found = self.find(r, used.iface, self.names_of(used))
            if found:
                kinds.add(found[0].kind)
                writable = writable or found[0].writable
        if not kinds:
            raise UsedError("%s: no release has %s.%s" % (used.where, used.iface, used.name))
        if used.writable and not writable:
            raise UsedError("%s: %s.%s is writable in no release" % (used.where, used.iface, used.name))
        roles = [("get", "get_" + used.name), ("set", "set_" + used.name)] if "attr" in kinds else \
            [("method", used.name)]
        for role, c_name in roles:
            if role != "set" or used.writable:
                self._add_accessor(Accessor(used, role, c_name))

    def _add_accessor(self, accessor):
        used = accessor.used
        signatures = []
        for r in self.releases:
            found = self.signature_of(used, accessor.role, r)
            if found:
                signatures.append(found[0])
            else:
                accessor.absent.append(r.version)
        self._widen(signatures)
        by_key = {}
        for s in signatures:
            key = (tuple(p.key() for p in s.params), tuple(s.names))
            shape = by_key.setdefault(key, Shape(s.params))
            shape.releases.append(s.release.version)
            shape.params = s.params  # the newest release's names
            code = "".join(("[" if p.array else "") + letter for p, letter in zip(s.params, s.letters))
            shape.codes[s.abi] = code
        accessor.shapes = list(by_key.values())
        self._name_shapes(accessor)
        self.accessors.append(accessor)
        self._by_member[(used.iface, used.name.lower(), accessor.role)] = accessor

    @staticmethod
    def _widen(signatures):
        """A number that only grew, from u32 to 64 bits, is one shape, with the wide type."""
        if not signatures or len({len(s.params) for s in signatures}) != 1:
            return
        for i in range(len(signatures[0].params)):
            column = [s.params[i] for s in signatures]
            if not column[0].array and {(p.kind, p.array) for p in column} == {("u", False), ("l", False)}:
                for p in column:
                    p.kind = "l"

    def _name_shapes(self, accessor):
        used, shapes = accessor.used, accessor.shapes
        names = used.shapes
        if len(shapes) == 1 and not names:
            return
        if len(names) != len(shapes):
            lines = ["%s: %s.%s has %d shapes, `shapes` names %d (parameters that changed their name alone are "
                     "`renamed`):" % (used.where, used.iface, accessor.c_name, len(shapes), len(names))]
            for s in shapes:
                lines.append("  %s..%s (%s)" % (s.releases[0], s.releases[-1], ", ".join(
                    "%s%s%s %s" % ("out " if p.out else "", p.of or p.kind, "[]" if p.array else "", p.name)
                    for p in s.params)))
            raise UsedError("\n".join(lines))
        for s, name in zip(shapes, names):
            s.name = name
        for name in used.witness:
            if name not in names:
                raise UsedError("%s: a witness for an unknown shape %s" % (used.where, name))

    # witnesses: shapes that a type library cannot tell apart

    def accessor_of(self, iface, name):
        for role in ("get", "method"):
            found = self._by_member.get((iface, name.lower(), role))
            if found:
                return found
        return None

    def _check_witnesses(self):
        for a in self.accessors:
            by_abi = {}
            for s in a.shapes:
                for abi in s.codes:
                    by_abi.setdefault(abi, []).append(s)
            for abi, shapes in by_abi.items():
                if len(shapes) > 1:
                    self._check_ambiguous(a, shapes)

    def _check_ambiguous(self, a, shapes):
        used = a.used
        what = "%s: %s.%s: the shapes %s take the same types in another meaning" % (
            used.where, used.iface, a.c_name,
            " and ".join("%s (%s: %s)" % (s.name, s.releases[0], ", ".join(p.name for p in s.params))
                         for s in shapes))
        without = [s for s in shapes if s.name not in used.witness]
        if len(without) > 1:
            raise UsedError(what + "; a `witness` must tell them apart")
        for s in shapes:
            if s.name in used.witness and not self.accessor_of(*used.witness[s.name]):
                raise UsedError("%s: the witness %s.%s is not a used member" % ((used.where,) +
                                                                              used.witness[s.name]))
        for s in shapes:
            for release in self.releases:
                if release.version in s.releases and self._chosen(a, shapes, release) is not s:
                    raise UsedError(what + "; the witness chooses wrongly in %s" % release.version)

    def _chosen(self, a, shapes, release):
        for s in shapes:
            witness = a.used.witness.get(s.name)
            if witness:
                other = self.accessor_of(*witness)
                if self.signature_of(other.used, other.role, release):
                    return s
        return next((s for s in shapes if s.name not in a.used.witness), None)

    def shape_in(self, accessor, release):
        """(shape, ABI string, slot) of an accessor in a release, or None: what the binder must find."""
        found = self.signature_of(accessor.used, accessor.role, release)
        if not found:
            return None
        for s in accessor.shapes:
            if release.version in s.releases:
                return s, found[0].abi, found[1]
        return None

    # what VirtualBox calls

    def _check_implemented(self):
        for where, iface in self.used.implemented:
            members = [a for a in self.accessors if a.used.iface == iface]
            if not members:
                raise UsedError("%s: no member of %s is used" % (where, iface))
            for a in members:
                if a.role != "method" or any(p.array for s in a.shapes for p in s.params):
                    raise UsedError("%s: %s.%s cannot be implemented: only methods without arrays can" % (
                        where, iface, a.c_name))

    # types

    def _collect_types(self):
        enums, ifaces = set(self.used.enums), set()
        for a in self.accessors:
            ifaces.add(a.used.iface)
            for s in a.shapes:
                for p in s.params:
                    if p.kind == "e":
                        enums.add(p.of)
                    elif p.kind == "I":
                        ifaces.add(p.of)
        for name in enums:
            if not any(raw in r.enums for raw in self.raw_enums(name) for r in self.releases):
                raise UsedError("no release has the enum %s" % name)
        self.enum_names, self.iface_names = sorted(enums), sorted(ifaces)

    def enum_constants(self, name):
        """Every constant that any release has, in the order in which they first shipped."""
        out = []
        for r in self.releases:
            for raw in self.raw_enums(name):
                for constant, _ in r.enums.get(raw, []):
                    if constant not in out:
                        out.append(constant)
        return out
