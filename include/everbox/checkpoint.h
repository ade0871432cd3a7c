/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file checkpoint.h
 * Checkpoints (virDomainCheckpoint…): moments since which a backup can tell what was written to disks. The
 * test driver has them; VirtualBox has nothing of the kind. Part of everbox.h, whose
 * conventions hold; include that.
 */
#ifndef EVERBOX_CHECKPOINT_H
#define EVERBOX_CHECKPOINT_H

#include "everbox/everbox.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eb_checkpoint eb_checkpoint;

/** virDomainCheckpointCreateFlags. */
enum {
    EB_CHECKPOINT_CREATE_REDEFINE = 1 << 0, /* tell of one that is there */
    EB_CHECKPOINT_CREATE_QUIESCE = 1 << 1,
    EB_CHECKPOINT_CREATE_REDEFINE_VALIDATE = 1 << 2,
};
/** virDomainCheckpointCreateXML. `out` may be NULL. */
EB_API int eb_domain_create_checkpoint(eb_domain *dom, const char *xml, unsigned flags, eb_checkpoint **out,
                                       eb_error *err);

/** virDomainCheckpointListFlags. */
enum {
    EB_LIST_CHECKPOINTS_ROOTS = 1 << 0,       /* of a domain: those without a parent */
    EB_LIST_CHECKPOINTS_DESCENDANTS = 1 << 0, /* of a checkpoint: not only its children */
    EB_LIST_CHECKPOINTS_TOPOLOGICAL = 1 << 1, /* parents first: always so here */
    EB_LIST_CHECKPOINTS_LEAVES = 1 << 2,
    EB_LIST_CHECKPOINTS_NO_LEAVES = 1 << 3,
};
/** As eb_conn_list_domains; `out` NULL: their number alone. virDomainListAllCheckpoints. */
EB_API int eb_domain_list_checkpoints(eb_domain *dom, unsigned flags, eb_checkpoint ***out, eb_error *err);
/** virDomainCheckpointListAllChildren. */
EB_API int eb_checkpoint_list_children(eb_checkpoint *checkpoint, unsigned flags, eb_checkpoint ***out,
                                       eb_error *err);
/** virDomainCheckpointLookupByName. */
EB_API int eb_domain_lookup_checkpoint(eb_domain *dom, const char *name, unsigned flags, eb_checkpoint **out,
                                       eb_error *err);

EB_API eb_checkpoint *eb_checkpoint_ref(eb_checkpoint *checkpoint);
EB_API void eb_checkpoint_unref(eb_checkpoint *checkpoint);
/** Borrowed from the handle. */
EB_API eb_domain *eb_checkpoint_get_domain(eb_checkpoint *checkpoint);
EB_API const char *eb_checkpoint_get_name(eb_checkpoint *checkpoint);
/** virDomainCheckpointGetParent: EB_ERR_NO_DOMAIN_CHECKPOINT when it has none. */
EB_API int eb_checkpoint_get_parent(eb_checkpoint *checkpoint, unsigned flags, eb_checkpoint **out,
                                    eb_error *err);
/** virDomainCheckpointXMLFlags. */
enum {
    EB_CHECKPOINT_XML_SECURE = 1 << 0,
    EB_CHECKPOINT_XML_NO_DOMAIN = 1 << 1,
    EB_CHECKPOINT_XML_SIZE = 1 << 2,
};
/** virDomainCheckpointGetXMLDesc. */
EB_API int eb_checkpoint_get_xml(eb_checkpoint *checkpoint, unsigned flags, char **xml, eb_error *err);

/** virDomainCheckpointDeleteFlags. */
enum {
    EB_CHECKPOINT_DELETE_CHILDREN = 1 << 0, /* and all that descend from it */
    EB_CHECKPOINT_DELETE_METADATA_ONLY = 1 << 1,
    EB_CHECKPOINT_DELETE_CHILDREN_ONLY = 1 << 2,
};
/** virDomainCheckpointDelete. */
EB_API int eb_checkpoint_delete(eb_checkpoint *checkpoint, unsigned flags, eb_error *err);

#ifdef __cplusplus
}
#endif

#endif
