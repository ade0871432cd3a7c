/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file ops.h The operations of the test driver's table, by the file that has them. */
#ifndef EB_TEST_OPS_H
#define EB_TEST_OPS_H

#include "test/world.h"

/* host.c */
int test_get_version(eb_conn *conn, unsigned long *out, eb_error *err);
int test_get_capabilities(eb_conn *conn, char **xml, eb_error *err);
int test_get_max_vcpus(eb_conn *conn, const char *type, eb_error *err);
int test_get_domain_capabilities(eb_conn *conn, const char *emulator, const char *arch, const char *machine,
                                 const char *virttype, unsigned flags, char **xml, eb_error *err);
int test_get_sysinfo(eb_conn *conn, unsigned flags, char **xml, eb_error *err);
int test_node_get_info(eb_conn *conn, eb_node_info *out, eb_error *err);
int test_node_get_free_memory(eb_conn *conn, uint64_t *bytes, eb_error *err);
int test_node_get_cells_free_memory(eb_conn *conn, uint64_t *bytes, int start, int n, eb_error *err);
int test_node_get_security_model(eb_conn *conn, eb_security_model *out, eb_error *err);

/* query.c */
int test_list(eb_conn *conn, unsigned want, struct eb_domain_summary **out, eb_error *err);
int test_lookup_uuid(eb_conn *conn, eb_uuid uuid, struct eb_domain_key *out, eb_error *err);
int test_lookup_name(eb_conn *conn, const char *name, struct eb_domain_key *out, eb_error *err);
int test_lookup_id(eb_conn *conn, int id, struct eb_domain_key *out, eb_error *err);
int test_get_state(eb_conn *conn, eb_uuid uuid, eb_domain_state *state, int *reason, eb_error *err);
int test_get_info(eb_conn *conn, eb_uuid uuid, eb_domain_info *out, eb_error *err);
int test_get_os_type(eb_conn *conn, eb_uuid uuid, char **out, eb_error *err);
int test_domain_is_active(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_domain_is_persistent(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_domain_is_updated(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_get_def(eb_conn *conn, eb_uuid uuid, unsigned flags, struct eb_domain_def **out, eb_error *err);
int test_get_vcpu_info(eb_conn *conn, eb_uuid uuid, eb_vcpu_info **out, eb_error *err);
int test_get_security_label(eb_conn *conn, eb_uuid uuid, eb_security_label *out, eb_error *err);
int test_get_messages(eb_conn *conn, eb_uuid uuid, unsigned flags, char ***out, eb_error *err);

/* life.c */
int test_define(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err);
int test_create(eb_conn *conn, const struct eb_domain_def *def, unsigned flags, struct eb_domain_key *out,
                eb_error *err);
int test_undefine(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_start(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_suspend(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_resume(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_shutdown(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_reboot(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_reset(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_destroy(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);

/* save.c */
int test_save(eb_conn *conn, eb_uuid uuid, const char *path, const struct eb_domain_def *dxml, unsigned flags,
              eb_error *err);
int test_restore(eb_conn *conn, const char *path, const struct eb_domain_def *dxml, unsigned flags,
                 eb_error *err);
int test_save_image_get_def(eb_conn *conn, const char *path, unsigned flags, struct eb_domain_def **out,
                            eb_error *err);
int test_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_has_managed_save(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_managed_save_remove(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);

/* config.c */
int test_get_autostart(eb_conn *conn, eb_uuid uuid, eb_error *err);
int test_set_autostart(eb_conn *conn, eb_uuid uuid, bool autostart, eb_error *err);
int test_get_max_memory(eb_conn *conn, eb_uuid uuid, uint64_t *kib, eb_error *err);
int test_set_memory(eb_conn *conn, eb_uuid uuid, uint64_t kib, unsigned flags, eb_error *err);
int test_get_vcpus(eb_conn *conn, eb_uuid uuid, unsigned flags, eb_error *err);
int test_set_vcpus(eb_conn *conn, eb_uuid uuid, unsigned count, unsigned flags, eb_error *err);
int test_get_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *uri, unsigned flags, char **out,
                      eb_error *err);
int test_set_metadata(eb_conn *conn, eb_uuid uuid, int type, const char *metadata, const char *key,
                      const char *uri, unsigned flags, eb_error *err);
int test_rename(eb_conn *conn, eb_uuid uuid, const char *name, unsigned flags, eb_error *err);

/* events.c */
bool test_has_event(eb_conn *conn, enum eb_event_class class, int id);

/* device.c */
int test_attach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);
int test_detach(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);
int test_update(eb_conn *conn, eb_uuid uuid, const struct eb_device *dev, unsigned flags, eb_error *err);

#endif
