# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the C of gen-calls: calls.h (names and prototypes), calls.c (one short function for each member and shape),
calls_shapes.c (one marshalling function for each signature, which they share) and calls_tables.c (known.h)."""

HEAD = "/* Made by tools/gen-calls from used.def and api/. Do not edit. */\n"

# C types of the kinds, and as the shared functions take them (objects as void, enums as unsigned).
C_TYPE = {"b": "bool ", "B": "uint8_t ", "h": "int16_t ", "H": "uint16_t ", "i": "int32_t ", "u": "uint32_t ",
          "l": "int64_t ", "s": "char *", "U": "void *"}
RAW_TYPE = {**C_TYPE, "e": "unsigned ", "I": "void *"}
# What is passed to the vtable, by ABI letter.
ABI_TYPE = {"b": "int32_t ", "1": "uint8_t ", "2": "uint16_t ", "4": "uint32_t ", "8": "int64_t ", "w": "uint16_t *",
            "s": "char *", "g": "struct vb_guid *", "I": "void *"}


def c_string(s):
    return '"%s"' % s.replace("\\", "\\\\").replace('"', '\\"')


def c_name(name):
    """A parameter's name in C: those that C, a library function that it would hide, or this code has taken get a _."""
    words = {"register", "default", "switch", "signed", "unsigned", "short", "long", "int", "char", "float", "double",
             "static", "extern", "auto", "const", "volatile", "restrict", "inline", "union", "struct", "enum", "void",
             "return", "break", "continue", "case", "goto", "if", "else", "for", "while", "do", "sizeof", "typedef",
             "vb", "self", "err", "bool", "index", "log", "signal", "time", "read", "write", "close", "remove",
             "rename", "unix", "linux", "exp", "y0", "y1", "yn", "j0", "j1", "jn", "link", "access", "stat"}
    return name + "_" if name in words else name


def declare(p, types, name):
    """The C parameters of one parameter."""
    base = types(p)
    if p.array and p.out:
        return ["size_t *n_%s" % name, "%s**%s" % (base, name)]
    if p.array:
        items = "%sconst *%s" % (base, name)
        if p.kind == "s":
            items = "const char *const *%s" % name
        return ["size_t n_%s" % name, items]
    if p.out:
        return ["%s*%s" % (base, name)]
    if p.kind == "s":
        return ["const char *%s" % name]
    return ["%s%s" % (base, name)]


def typed(p):
    return {"e": "enum vb_%s " % p.of, "I": "%s *" % p.of}.get(p.kind) or C_TYPE[p.kind]


def raw(p):
    return RAW_TYPE[p.kind]


def wrap(head, items, tail, indent="    "):
    """head(items...)tail over lines of at most 110 columns."""
    lines, line = [], head
    for i, item in enumerate(items):
        text = item + (", " if i + 1 < len(items) else tail)
        if len(line) + len(text.rstrip()) > 110:
            lines.append(line.rstrip())
            line = indent + text
        else:
            line += text
    lines.append(line if items else head + tail)
    return "\n".join(lines) + "\n"


def prototype(accessor, shape):
    args = ["struct vb *vb", "%s *self" % accessor.used.iface]
    for p in shape.params:
        args += declare(p, typed, c_name(p.name))
    return args + ["eb_error *err"]


class SharedFunctions:
    """The marshalling functions: one for each list of kinds and set of ways to pass them."""

    def __init__(self):
        self.by_key = {}
        self.list = []

    def get(self, shape):
        codes = tuple(sorted(set(shape.codes.values())))
        kinds = tuple((p.kind, p.out, p.array) for p in shape.params)
        key = (kinds, codes)
        if key not in self.by_key:
            self.by_key[key] = SharedFunction(len(self.list), shape.params, codes)
            self.list.append(self.by_key[key])
        return self.by_key[key]


def split_code(code):
    """ "w[g4" -> ["w", "[g", "4"] """
    out, i = [], 0
    while i < len(code):
        n = 2 if code[i] == "[" else 1
        out.append(code[i:i + n])
        i += n
    return out


class SharedFunction:
    def __init__(self, number, params, codes):
        self.name = "vb_shape_%d" % number
        self.params, self.codes = params, codes

    def parameters(self):
        args = ["struct vb *vb", "enum vb_member member", "void *self"]
        for i, p in enumerate(self.params):
            args += declare(p, raw, "a%d" % i)
        return args + ["eb_error *err"]

    def prototype(self):
        return wrap("int %s(" % self.name, self.parameters(), ");")

    def names(self):
        names = []
        for i, p in enumerate(self.params):
            names += ["n_a%d" % i, "a%d" % i] if p.array else ["a%d" % i]
        return names

    def define(self):
        text = ""
        for k, code in enumerate(self.codes):
            text += self._define_thunk(k, split_code(code))
        text += wrap("int %s(" % self.name, self.parameters(), ")") + "{\n    struct vb_call call;\n\n"
        for i, p in enumerate(self.params):
            if p.out and p.array:
                text += "    *n_a%d = 0;\n    *a%d = NULL;\n" % (i, i)
            elif p.out:
                text += "    *a%d = 0;\n" % i
        text += "    if (vb_call_begin(&call, vb, member, self, err) < 0)\n        return -1;\n"
        for k in range(len(self.codes)):
            if k + 1 < len(self.codes):
                text += "    if (call.thunk == %d)\n    " % k
            text += wrap("    return %s_%d(" % (self.name, k), ["&call"] + self.names() + ["err"], ");", "        ")
        return text + "}\n\n"

    def _define_thunk(self, k, code):
        args = ["struct vb_call *call"]
        for i, p in enumerate(self.params):
            args += declare(p, raw, "a%d" % i)
        text = wrap("static int %s_%d(" % (self.name, k), args + ["eb_error *err"], ")") + "{\n"
        decl, convert, types, passed, out = "", "", ["void *"], ["call->self"], ""
        hook = []
        for i, (p, letter) in enumerate(zip(self.params, code)):
            part = self._parameter(i, p, letter)
            decl, convert, out = decl + part[0], convert + part[1], out + part[4]
            types += part[2]
            passed += part[3]
            if p.out:
                hook += ["n_a%d" % i, "a%d" % i] if p.array else ["a%d" % i]
            else:
                hook += ["&n_a%d" % i, "(void *)&a%d" % i] if p.array else ["(void *)&a%d" % i]
        text += decl
        text += wrap("    void *args[] = {", hook or ["NULL"], "};", "        ")
        text += "    int32_t result = 0;\n\n" + convert
        text += "    if (!vb_call_taken(call, args, &result))\n"
        text += wrap("        result = ((int32_t(*)(", types, "))call->fn)(", "            ").rstrip("\n")
        text += wrap("", passed, ");", "            ")
        if out:
            text += "    if (result >= 0) {\n%s    }\n" % out
        return text + "    return vb_call_end(call, args, result, err);\n}\n\n"

    def _parameter(self, i, p, letter):
        """(declarations, conversions before the call, vtable types, vtable arguments, conversions after it)"""
        if p.array:
            return self._array_out(i, p, letter[1]) if p.out else self._array_in(i, p, letter[1])
        return self._scalar_out(i, p, letter) if p.out else self._scalar_in(i, p, letter)

    @staticmethod
    def _scalar_out(i, p, letter):
        t = ABI_TYPE[letter]
        value = {"w": "vb_out_wstring(call, o%d)", "s": "vb_out_string(call, o%d)", "g": "vb_out_uuid(call, o%d)",
                 "b": "o%d != 0"}.get(letter, "o%d") % i
        if p.kind == "e":
            value = "vb_out_enum(call, %d, o%d)" % (i, i)
        elif letter in "1248":
            value = "(%s)o%d" % (RAW_TYPE[p.kind].strip(), i)
        return "    %so%d = 0;\n" % (t, i), "", ["%s*" % t], ["&o%d" % i], "        *a%d = %s;\n" % (i, value)

    @staticmethod
    def _scalar_in(i, p, letter):
        def converted(kind, declaration, abi_type, argument):
            check = "    if (vb_in_%s(call, %d, a%d, &i%d, err) < 0)\n        return -1;\n" % (kind, i, i, i)
            return declaration, check, [abi_type], [argument], ""

        if letter == "w":
            declaration = "    struct vb_in_wstring i%d EB_CLEANUP(vb_in_wstring_clear);\n    i%d.s = NULL;\n" % (i, i)
            return converted("wstring", declaration, "const uint16_t *", "i%d.s" % i)
        if letter == "g":
            return converted("uuid", "    struct vb_guid i%d;\n" % i, "const struct vb_guid *", "&i%d" % i)
        if p.kind == "e":
            return converted("enum", "    uint32_t i%d;\n" % i, "uint32_t", "i%d" % i)
        if p.kind == "l" and letter == "4":
            return converted("narrow", "    uint32_t i%d;\n" % i, "uint32_t", "i%d" % i)
        if letter in "sI":
            return "", "", ["const char *" if letter == "s" else "void *"], ["a%d" % i], ""
        t = ABI_TYPE[letter].strip()
        return "", "", [t], ["(%s)a%d" % (t, i)], ""

    @staticmethod
    def _array_in(i, p, element):
        count = "(uint32_t)n_a%d" % i
        convert = {"w": "wstrings", "g": "uuids", "b": "bools"}.get(element) if p.kind != "e" else "enums"
        if not convert:
            return "", "", ["uint32_t", "const void *"], [count, "vb_in_items(a%d)" % i], ""
        declaration = "    struct vb_in_array i%d EB_CLEANUP(vb_in_array_clear) = {0};\n" % i
        check = "    if (vb_in_%s(call, %d, n_a%d, a%d, &i%d, err) < 0)\n        return -1;\n" % (convert, i, i, i, i)
        return declaration, check, ["uint32_t", "void *"], [count, "i%d.items" % i], ""

    @staticmethod
    def _array_out(i, p, element):
        t = ABI_TYPE[element]
        convert = {"w": "wstrings", "g": "uuids", "b": "bools"}.get(element)
        if convert:
            after = "        vb_out_%s(call, c%d, o%d, n_a%d, a%d);\n" % (convert, i, i, i, i)
        elif p.kind == "e":
            after = "        vb_out_enums(call, %d, c%d, o%d, n_a%d, a%d);\n" % (i, i, i, i, i)
        else:
            after = "        *a%d = vb_out_items(call, c%d, o%d, sizeof(*o%d), n_a%d);\n" % (i, i, i, i, i)
        declaration = "    uint32_t c%d = 0;\n    %s*o%d = NULL;\n" % (i, t, i)
        return declaration, "", ["uint32_t *", "%s**" % t], ["&c%d" % i, "&o%d" % i], after


def callable_shapes(model):
    for a in model.accessors:
        for s in a.shapes:
            yield a, s


def write_header(model):
    out = [HEAD, "#ifndef EB_VBOX_COM_CALLS_H\n#define EB_VBOX_COM_CALLS_H\n\n#include \"vbox/com/com.h\"\n\n"]
    for name in model.iface_names:
        out.append("typedef struct %s %s;\n" % (name, name))
    out.append("\nenum vb_iface_id {\n")
    out += ["    VB_IFACE_%s,\n" % n for n in model.iface_names]
    out.append("    VB_IFACE__COUNT\n};\n\nenum vb_enum_id {\n")
    out += ["    VB_ENUM_%s,\n" % n for n in model.enum_names]
    out.append("    VB_ENUM__COUNT\n};\n\n")
    for name in model.enum_names:
        out.append("enum vb_%s {\n    %s__none = 0,\n" % (name, name))
        out += ["    %s_%s,\n" % (name, c) for c in model.enum_constants(name)]
        out.append("};\n\n")
    out.append("enum vb_member {\n")
    for name in member_ids(model):
        out.append("    %s,\n" % name)
    out.append("    VB_MEMBER__COUNT\n};\n")
    feature = None
    for a, s in callable_shapes(model):
        if a.used.feature is not feature:
            feature = a.used.feature
            out.append("\n/* %s: %s */\n\n" % (feature.name, feature.text))
        out.append(wrap("int %s(" % a.function(s), prototype(a, s), ");"))
    return "".join(out) + "\n#endif\n"


def member_ids(model):
    """Names of enum vb_member, in the order of vb_known_members."""
    ids = []
    for a in model.accessors:
        ids.append(a.id)
        ids += [a.shape_id(s) for s in a.shapes if s.name]
    return ids


def write_calls(model, shared):
    out = [HEAD, "#include \"vbox/com/calls_shapes.h\"\n\n"]
    for a, s in callable_shapes(model):
        f = shared.get(s)
        args = ["vb", a.shape_id(s), "self"]
        for p in s.params:
            name = c_name(p.name)
            cast = "(%s%s*)" % (raw(p), "*" if p.array and p.out else "const " if p.array else "")
            if p.array:
                args.append("n_" + name)
            if p.kind in "eI" and (p.out or p.array):
                args.append(cast + name)
            else:
                args.append(name)
        out.append(wrap("int %s(" % a.function(s), prototype(a, s), ")"))
        out.append("{\n" + wrap("    return %s(" % f.name, args + ["err"], ");", "        ") + "}\n\n")
    return "".join(out)


def write_shapes_header(shared):
    out = [HEAD, "#ifndef EB_VBOX_COM_CALLS_SHAPES_H\n#define EB_VBOX_COM_CALLS_SHAPES_H\n\n",
           "#include \"vbox/com/calls.h\"\n\n"]
    out += [f.prototype() for f in shared.list]
    return "".join(out) + "\n#endif\n"


def write_shapes(shared):
    out = [HEAD, "#include \"vbox/com/calls_shapes.h\"\n#include \"vbox/com/marshal.h\"\n\n"]
    out += [f.define() for f in shared.list]
    return "".join(out)


class MemberTables:
    """vb_known_members and vb_known_shapes, with the parameter lists that they share."""

    ROLES = {"get": "VB_GETTER", "set": "VB_SETTER", "method": "VB_METHOD"}

    def __init__(self, model, shared):
        self.model, self.shared = model, shared
        self.params, self.members, self.shapes = {}, [], []
        self.features = {f: i for i, f in enumerate(model.used.features)}
        for a in model.accessors:
            self._add(a)

    def _params_of(self, shape):
        text = "".join("    {%s, '%s', %s, %s, %s},\n" % (
            c_string(p.name), p.kind, str(p.out).lower(), str(p.array).lower(),
            "VB_ENUM_" + p.of if p.kind == "e" else "0") for p in shape.params)
        return self.params.setdefault(text, "params_%d" % len(self.params)) if text else "no_params"

    def _rules_of(self, a):
        """(is the fallback, ABI text, member to bind, witness, way to pass), shapes with a witness first."""
        rules = []
        for s in a.shapes:
            witness = a.used.witness.get(s.name)
            for abi, code in s.codes.items():
                ambiguous = sum(abi in o.codes for o in a.shapes) > 1
                w = self.model.accessor_of(*witness).id if witness and ambiguous else "VB_MEMBER__COUNT"
                rules.append((w == "VB_MEMBER__COUNT", abi, a.shape_id(s), w, self.shared.get(s).codes.index(code)))
        return sorted(rules, key=lambda r: r[0])

    def _add(self, a):
        def line(shape, first, n, params):
            self.members.append("    {%s, %s, %s, %d, %s, %d, %d, %d, %s},\n" % (
                c_string("%s.%s" % (a.used.iface, a.used.name)), c_string(shape) if shape else "NULL",
                self.ROLES[a.role], self.features[a.used.feature], a.id, first, n,
                len(params.params) if params else 0, self._params_of(params) if params else "NULL"))

        rules = self._rules_of(a)
        line(None, len(self.shapes), len(rules), None if a.shapes[0].name else a.shapes[0])
        self.shapes += rules
        for s in a.shapes:
            if s.name:
                line(s.name, 0, 0, s)

    def write(self):
        out = ["static const struct vb_known_param no_params[] = {{0}};\n"]
        for text, name in self.params.items():
            out.append("static const struct vb_known_param %s[] = {\n%s};\n" % (name, text))
        out.append("\nconst struct vb_known_member vb_known_members[] = {\n%s};\n" % "".join(self.members))
        out.append("\nconst struct vb_known_shape vb_known_shapes[] = {\n")
        for _, abi, member, witness, thunk in self.shapes:
            out.append("    {%s, %s, %s, %d},\n" % (c_string(abi), member, witness, thunk))
        return "".join(out) + "};\n"


def write_tables(model, shared):
    out = [HEAD, "#include \"vbox/com/known.h\"\n\n", MemberTables(model, shared).write(), _names_and_ifaces(model)]
    for name in model.enum_names:
        out.append("\nstatic const char *const enum_%s[] = {%s, NULL};\n" % (
            name, ", ".join(c_string(n) for n in model.raw_enums(name))))
        out.append("static const char *const constants_%s[] = {\n    \"unknown\",\n%s};\n" % (
            name, "".join("    %s,\n" % c_string(c) for c in model.enum_constants(name))))
    out.append("\nconst struct vb_known_enum vb_known_enums[] = {\n")
    for name in model.enum_names:
        out.append("    {enum_%s, constants_%s, %d},\n" % (name, name, len(model.enum_constants(name)) + 1))
    out.append("    {NULL, NULL, 0},\n};\n\nconst struct vb_known_feature vb_known_features[] = {\n")
    for f in model.used.features:
        out.append("    {%s, %s},\n" % (c_string(f.name), c_string(f.text)))
    out.append("};\nconst unsigned vb_known_n_features = %d;\n" % len(model.used.features))
    return "".join(out)


def _names_and_ifaces(model):
    names, ifaces = [], []
    by_iface = {}
    for a in model.accessors:
        by_iface.setdefault(a.used.iface, []).append(a)
    for iface in model.iface_names:
        table = {}
        for a in by_iface.get(iface, []):
            for name, as_method in model.names_of(a.used):
                entry = table.setdefault(name.lower(), ["VB_MEMBER__COUNT", "VB_MEMBER__COUNT", as_method])
                entry[1 if a.role == "set" else 0] = a.id
        ifaces.append((iface, len(names), len(table)))
        for name in sorted(table):
            names.append((name, *table[name]))
    out = ["\nconst struct vb_known_name vb_known_names[] = {\n"]
    for name, get, set_, method in names:
        out.append("    {%s, %s, %s, %s},\n" % (c_string(name), get, set_, str(method).lower()))
    out.append("};\n\n")
    for iface, _, _ in ifaces:
        out.append("static const char *const iface_%s[] = {%s, NULL};\n" % (
            iface, ", ".join(c_string(n) for n in model.raw_ifaces(iface))))
    out.append("\nconst struct vb_known_iface vb_known_ifaces[] = {\n")
    for iface, first, n in ifaces:
        out.append("    {iface_%s, %d, %d},\n" % (iface, first, n))
    return "".join(out) + "};\n"
