# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes calls_own.c of gen-calls: for each member of an interface that used.def says to `implement`, and each way in
which a release passes its arguments, the function that goes into the vtable of an object of ours (own.h)."""

import callsemit

HEAD = callsemit.HEAD + """#include "vbox/com/own_thunk.h"

"""

IN_TYPE = {"w": "const uint16_t *", "s": "const char *", "g": "const struct vb_guid *"}


def _take(i, p, letter):
    """The statement that takes an in argument over."""
    if letter == "w":
        return "call.in[%d].text = vb_utf16_to_utf8(a%d);" % (i, i)
    if letter == "g":
        return "call.in[%d].text = vb_own_uuid(a%d);" % (i, i)
    if letter == "s":
        return "call.in[%d].text = eb_strdup(a%d ? a%d : \"\");" % (i, i, i)
    if letter == "I":
        return "call.in[%d].object = a%d;" % (i, i)
    if p.kind == "e":
        return "call.in[%d].number = vb_own_enum(self, VB_ENUM_%s, a%d);" % (i, p.of, i)
    if letter == "b":
        return "call.in[%d].number = a%d != 0;" % (i, i)
    return "call.in[%d].number = (int64_t)a%d;" % (i, i)


def _thunk(name, member, shape, code):
    params, take, give = ["void *self"], "", ""
    for i, (p, letter) in enumerate(zip(shape.params, callsemit.split_code(code))):
        base = callsemit.ABI_TYPE[letter]
        if p.out:
            params.append("%s*a%d" % (base, i))
            value = "call.answer" if letter == "b" else "NULL" if base.endswith("*") else "0"
            give += "    if (a%d)\n        *a%d = %s;\n" % (i, i, value)
        else:
            params.append("%sa%d" % (IN_TYPE.get(letter, base), i))
            take += "    %s\n" % _take(i, p, letter)
    text = callsemit.wrap("static uint32_t %s(" % name, params, ")")
    text += "{\n    struct vb_own_call call = {.member = %s};\n\n" % member
    return text + take + "    vb_own_called(self, &call);\n" + give + "    return 0;\n}\n\n"


def write_own(model, shared):
    text, table = HEAD, ""
    ifaces = [iface for _, iface in model.used.implemented]
    for a, shape in callsemit.callable_shapes(model):
        if a.used.iface not in ifaces:
            continue
        for code in sorted(set(shape.codes.values())):
            way = shared.get(shape).codes.index(code)
            name = "own_%s_%d" % (a.function(shape), way)
            text += _thunk(name, a.shape_id(shape), shape, code)
            table += "    {VB_IFACE_%s, %s, %d, (vb_fn)%s},\n" % (a.used.iface, a.shape_id(shape), way, name)
    text += "const struct vb_own_thunk vb_own_thunks[] = {\n%s    {VB_IFACE__COUNT, VB_MEMBER__COUNT, 0, NULL},\n};\n" % table
    return text
