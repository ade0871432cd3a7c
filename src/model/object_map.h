/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file object_map.h How each kind of object is read, written and freed: its tables, in the files map_*.c.
 */
#ifndef EB_MODEL_OBJECT_MAP_H
#define EB_MODEL_OBJECT_MAP_H

#include "model/object.h"
#include "model/owned.h"
#include "model/xml_map.h"

struct eb_object_model {
    const char *element;
    const char *document; /* for errors: "(network_definition)" */
    size_t size;
    const struct eb_owned *owned; /* but what all objects have */
    const struct eb_xml_item *items;
    unsigned flags; /* EB_XML_OPENED */
    /** Defaults and contradictions, once all is read. NULL: nothing to check. */
    int (*check)(struct eb_object_def *def, eb_error *err);
};

extern const struct eb_object_model eb_model_network;
extern const struct eb_object_model eb_model_pool;
extern const struct eb_object_model eb_model_volume;
extern const struct eb_object_model eb_model_iface;
extern const struct eb_object_model eb_model_nodedev;

/** <name>TEXT</name> and <uuid>TEXT</uuid> of every kind. */
extern const struct eb_xml_item eb_map_object_name[];
extern const struct eb_xml_item eb_map_object_uuid[];

/** An enum of words, as model/enums.c has them. */
#define EB_DEFINE_WORDS(type, names)                                                                         \
    const char *type##_to_string(int value)                                                                  \
    {                                                                                                        \
        return value >= 0 && (size_t)value < EB_ARRAY_SIZE(names) ? (names)[value] : NULL;                   \
    }                                                                                                        \
    int type##_from_string(const char *text)                                                                 \
    {                                                                                                        \
        for (size_t i = 0; text && i < EB_ARRAY_SIZE(names); i++) {                                          \
            if (eb_streq((names)[i], text))                                                                  \
                return (int)i;                                                                               \
        }                                                                                                    \
        return -1;                                                                                           \
    }

#endif
