/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file domain_map.h The tables of a domain's elements (xml_map.h), in the files map_*.c. */
#ifndef EB_MODEL_DOMAIN_MAP_H
#define EB_MODEL_DOMAIN_MAP_H

#include "model/xml_map.h"

extern const struct eb_xml_item eb_map_domain[];
extern const struct eb_xml_item eb_map_devices[];
extern const struct eb_xml_item eb_map_blkiotune[], eb_map_memtune[], eb_map_iothreads[],
    eb_map_iothreadids[], eb_map_cputune[], eb_map_numatune[], eb_map_perf[], eb_map_iotune[],
    eb_map_bandwidth[];
extern const struct eb_xml_item eb_map_address[];
extern const struct eb_xml_item eb_map_disk[];
extern const struct eb_xml_item eb_map_controller[];
extern const struct eb_xml_item eb_map_filesystem[];
extern const struct eb_xml_item eb_map_interface[];
extern const struct eb_xml_item eb_map_serial[];
extern const struct eb_xml_item eb_map_channel[];
extern const struct eb_xml_item eb_map_console[];
extern const struct eb_xml_item eb_map_input[];
extern const struct eb_xml_item eb_map_tpm[];
extern const struct eb_xml_item eb_map_graphics[];
extern const struct eb_xml_item eb_map_sound[];
extern const struct eb_xml_item eb_map_video[];
extern const struct eb_xml_item eb_map_hostdev[];
extern const struct eb_xml_item eb_map_watchdog[];
extern const struct eb_xml_item eb_map_memballoon[];
extern const struct eb_xml_item eb_map_rng[];

/** <metadata> of a domain: the vbox namespace and foreign elements. */
extern const struct eb_xml_hook eb_map_metadata;

/** Sets of processors and memory cells, in their shortest form. */
extern const struct eb_xml_custom eb_pins_set, eb_emulator_set, eb_nodeset_set, eb_vcpu_set;

/* What the items of map_tune.c need beside their tables. */
bool eb_iothreadids_shown(const void *base);
int eb_cputune_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_perf_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_iotune_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
/** Gives ids to the threads that were merely counted. */
int eb_iothreads_fill(struct eb_tuning *tune, eb_error *err);
/** A set of numbers in its shortest form, in place of what *out held. */
int eb_cpuset_read(const char *text, char **out, eb_error *err);

/* What the devices' items need beside their tables; named after the element. */
void eb_disk_sort(xmlNode **nodes, size_t n);
void eb_disk_init(void *base);
bool eb_disk_accept(xmlNode *node);
int eb_disk_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
void eb_controller_init(void *base);
int eb_controller_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
void eb_controller_sort(xmlNode **nodes, size_t n);
int eb_filesystem_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
void eb_interface_init(void *base);
bool eb_interface_accept(xmlNode *node);
int eb_interface_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
void eb_chardev_init(void *base);
bool eb_chardev_accept(xmlNode *node);
int eb_chardev_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_input_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_tpm_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
bool eb_graphics_accept(xmlNode *node);
int eb_graphics_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_hostdev_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
bool eb_hostdev_accept(xmlNode *node);
/** False for a device filter that only the vbox namespace can say. */
bool eb_hostdev_has_words(const void *base);
extern const struct eb_xml_custom eb_hostdev_vendor_id, eb_hostdev_product_id;
int eb_watchdog_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
int eb_memballoon_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);

/* <boot order>, <alias> and <address>, which end the elements of devices. */
extern const struct eb_xml_item eb_map_boot_order[];
extern const struct eb_xml_item eb_map_alias[];
bool eb_address_accept(xmlNode *node);
int eb_address_done(struct eb_xml_reader *r, xmlNode *node, void *base, eb_error *err);
#define EB_DEVICE_BOOT(type) EB_CHILD("boot", eb_map_boot_order, EB_XML_OF(type, boot_order))
#define EB_DEVICE_ALIAS(type) EB_CHILD("alias", eb_map_alias, EB_XML_OF(type, alias), .flags = EB_XML_REPEATS)
#define EB_DEVICE_ADDRESS(type)                                                                              \
    EB_CHILD("address", eb_map_address, EB_XML_OF(type, address), .accept = eb_address_accept,               \
             .done = eb_address_done)
#define EB_DEVICE_END(type) EB_DEVICE_ALIAS(type), EB_PLACE("rom"), EB_DEVICE_ADDRESS(type), EB_END

/** True when attribute `name` of `node` is one of `words` (NULL-terminated). */
bool eb_attr_is_one_of(xmlNode *node, const char *name, const char *const *words);

/** A <domain> in a tree, as eb_domain_def_parse and eb_domain_def_format: for documents that hold one. */
int eb_domain_def_read(xmlNode *root, unsigned flags, struct eb_domain_def **out, eb_error *err);
/** `element`: its name, "domain" or what stands for one. */
void eb_domain_def_write(struct eb_strbuf *out, const char *element, const struct eb_domain_def *def,
                         unsigned flags);

/** XML_ERROR of the parser's, in the domain's name. Result: -1. */
int eb_domain_xml_error(eb_error *err, const char *fmt, ...) EB_PRINTF(2, 3);

#endif
