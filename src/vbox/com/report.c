/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is bound and what is not, in words: for the driver's questions, for errors, for `everbox doctor`. */
#include "base/error.h"
#include "vbox/com/call.h"
#include "vbox/com/known.h"

const struct vb_binding *vb_binding_of(const struct vb *vb)
{
    return vb_current_binding(vb);
}

bool vb_has(const struct vb *vb, enum vb_member member)
{
    return vb_binding_of(vb)->members[member].slot >= 0;
}

bool vb_prefer(const struct vb *vb, enum vb_member newer, enum vb_member older)
{
    return vb_has(vb, newer) ||
           (!vb_has(vb, older) && vb_binding_of(vb)->members[older].why != VB_UNKNOWN_SHAPE);
}

bool vb_enum_has(const struct vb *vb, enum vb_enum_id id, int value)
{
    uint32_t number;

    return vb_binding_enum_number(vb_binding_of(vb), id, value, &number);
}

uint32_t vb_enum_number(const struct vb *vb, enum vb_enum_id id, int value)
{
    uint32_t number;

    return vb_binding_enum_number(vb_binding_of(vb), id, value, &number) ? number : 0;
}

const char *vb_enum_name(enum vb_enum_id id, int value)
{
    const struct vb_known_enum *known = &vb_known_enums[id];

    return known->constants[value > 0 && value < known->n_constants ? value : 0];
}

const char *vb_member_name(enum vb_member member)
{
    return vb_known_members[member].name;
}

void vb_binding_counts(const struct vb_binding *binding, struct vb_bind_counts *out)
{
    memset(out, 0, sizeof(*out));
    for (unsigned m = 0; m < VB_MEMBER__COUNT; m++) {
        if (vb_known_members[m].any != m)
            continue;
        out->members++;
        out->bound += binding->members[m].slot >= 0;
        out->unknown_shapes += binding->members[m].why == VB_UNKNOWN_SHAPE;
    }
    for (unsigned i = 0; i < VB_IFACE__COUNT; i++)
        out->interfaces += binding->ifaces[i].there;
    for (unsigned i = 0; i < VB_ENUM__COUNT; i++)
        out->constants += binding->enums[i].n;
}

unsigned vb_feature_count(void)
{
    return vb_known_n_features;
}

const char *vb_feature_name(unsigned feature)
{
    return vb_known_features[feature].name;
}

const char *vb_feature_text(unsigned feature)
{
    return vb_known_features[feature].text;
}

void vb_feature_members(const struct vb_binding *binding, unsigned feature,
                        bool (*fn)(enum vb_member member, enum vb_unbound why, void *opaque), void *opaque)
{
    for (unsigned m = 0; m < VB_MEMBER__COUNT; m++)
        if (vb_known_members[m].any == m && vb_known_members[m].feature == feature &&
            !fn((enum vb_member)m, (enum vb_unbound)binding->members[m].why, opaque))
            return;
}

int vb_call_refused(struct vb *vb, enum vb_member member, void *self, eb_error *err)
{
    const struct vb_bound *bound = &vb_binding_of(vb)->members[member];
    const struct vb_known_member *known = &vb_known_members[member];
    unsigned major = vb->version / 1000000, minor = vb->version / 1000 % 1000;
    const char *set = known->role == VB_SETTER ? "setter for " : "";

    if (bound->slot >= 0)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_INTERNAL_ERROR, "%s called without an object%s",
                                 known->name, self ? " that is its" : "");
    if (bound->why == VB_UNKNOWN_SHAPE)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT,
                                 "%s of VirtualBox %u.%u takes parameters that this build does not know",
                                 known->name, major, minor);
    if (bound->why == VB_OTHER_SHAPE)
        return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT,
                                 "%s of VirtualBox %u.%u takes other parameters than those of '%s'",
                                 known->name, major, minor, known->shape);
    return eb_error_set_from(err, EB_FROM_VBOX, EB_ERR_NO_SUPPORT, "VirtualBox %u.%u has no %s%s", major,
                             minor, set, known->name);
}
