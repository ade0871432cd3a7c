# SPDX-License-Identifier: LGPL-2.1-or-later
"""A VirtualBox that never was: the facts of a release with the slots of each interface shuffled, members added, new
interface ids and other enum numbers. Nothing but the names and the parameters of the members stays, so software that
binds by name must not notice."""

import random
import uuid

import apifacts


def permute(release, seed):
    rng = random.Random(seed)
    out = apifacts.Release(release.version)
    out.typelib, out.facts = release.typelib, release.facts
    for name, iface in release.interfaces.items():
        copy = apifacts.Interface(name, str(uuid.UUID(int=rng.getrandbits(128))), iface.base, 0)
        members = [m for m in iface.members if m.name]
        members.append(apifacts.Member("attr", "permutedExtra", 0, type_=apifacts.Param("ret", "u32", "permutedExtra"),
                                       writable=rng.random() < 0.5))
        members.append(apifacts.Member("reserved-method", "", 0, count=rng.randrange(1, 4)))
        rng.shuffle(members)
        for m in members:
            copy.members.append(apifacts.Member(m.kind, m.name, copy.slots, m.params, m.type, m.writable, m.count,
                                                m.native, m.direct))
        copy.declared_slots = copy.slots
        out.interfaces[name] = copy
    for name, constants in release.enums.items():
        numbers = rng.sample(range(1000, 100000), len(constants))
        shuffled = [(k, n) for (k, _), n in zip(constants, numbers)]
        rng.shuffle(shuffled)
        out.enums[name] = shuffled
    return out
