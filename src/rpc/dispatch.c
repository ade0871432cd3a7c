/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a message to its handler, and from the handler's result to the answer. */
#include "rpc/client.h"
#include "rpc/errors.h"

static const struct rpc_program *find_program(uint32_t number)
{
    for (size_t i = 0; i < rpc_n_programs; i++) {
        if (rpc_programs[i].number == number)
            return &rpc_programs[i];
    }
    return NULL;
}

static int not_supported(const struct rpc_call *call, eb_error *err)
{
    const struct rpc_procedure *proc = call->proc;

    if (proc && proc->function)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SUPPORT, "%s", proc->function);
    return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_NO_SUPPORT, "%s %u", proc ? proc->name : "procedure",
                             call->header.procedure);
}

static int check_program(struct rpc_call *call, eb_error *err)
{
    const struct rpc_header *h = &call->header;
    const struct rpc_program *program = find_program(h->program);

    if (!program || h->version != RPC_VERSION)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "Cannot find program %u version %u",
                                 h->program, h->version);
    /* What is for administration and what is not have sockets of their own. */
    if (call->client->access.admin !=
        (program->number == RPC_PROGRAM_ADMIN || program->number == RPC_PROGRAM_STATUS))
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "Cannot find program %u version %u",
                                 h->program, h->version);
    if (h->type != RPC_TYPE_CALL)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "Unexpected message type %u", h->type);
    if (h->status != RPC_STATUS_OK)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "Unexpected message status %u", h->status);
    if (h->procedure >= 1 && h->procedure <= program->n)
        call->proc = &program->procedures[h->procedure - 1];
    return 0;
}

bool rpc_dispatch_is_auth(const struct rpc_header *header)
{
    return header->program == RPC_PROGRAM_REMOTE && header->procedure >= RPC_AUTH_LIST &&
           header->procedure <= RPC_AUTH_POLKIT;
}

int rpc_dispatch_check(struct rpc_call *call, eb_error *err)
{
    struct rpc_client *client = call->client;

    if (!client->authenticated && !rpc_dispatch_is_auth(&call->header))
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_RPC, "authentication required");
    if (check_program(call, err) < 0)
        return -1;
    if (call->proc && (call->proc->marks & RPC_EARLY)) {
        call->serve = rpc_serve_lookup(call->header.program, call->header.procedure);
        return call->serve ? 0 : not_supported(call, err);
    }
    if (client->access.admin) {
        call->serve = rpc_serve_lookup(call->header.program, call->header.procedure);
        return call->serve ? 0 : not_supported(call, err);
    }
    if (!client->conn)
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_INTERNAL_ERROR, "connection not open");
    /* Before all else, so that a read-only client learns nothing of what the driver can do to change things.
     */
    if (client->conn_read_only && call->proc && !(call->proc->marks & (RPC_RO | RPC_EVENT)))
        return eb_error_set_from(err, EB_FROM_RPC, EB_ERR_OPERATION_DENIED, "read only access prevents %s",
                                 call->proc->function ? call->proc->function : call->proc->name);
    call->serve = rpc_serve_lookup(call->header.program, call->header.procedure);
    if (!call->serve)
        return not_supported(call, err);
    call->conn = eb_conn_ref(client->conn);
    return 0;
}

static struct rpc_header reply_header(const struct rpc_call *call)
{
    struct rpc_header header = call->header;

    header.type = header.type == RPC_TYPE_STREAM || header.type == RPC_TYPE_STREAM_HOLE ? RPC_TYPE_STREAM
                                                                                        : RPC_TYPE_REPLY;
    header.status = RPC_STATUS_OK;
    return header;
}

void rpc_dispatch_fail(struct rpc_call *call, eb_error *err)
{
    struct rpc_header header = reply_header(call);

    eb_strbuf_free(&call->reply);
    rpc_error_frame(&header, err, &call->reply);
    eb_error_clear(err);
}

static int answer(struct rpc_call *call, const void *ret, eb_error *err)
{
    struct rpc_header header = reply_header(call);

    rpc_frame_begin(&call->reply, &header);
    if (xdr_encode(call->proc->ret, ret, &call->reply, err) < 0 || rpc_frame_end(&call->reply, err) < 0)
        return -1;
    return 0;
}

/* Some calls stand for several of libvirt's: what is not supported is the one that the client made. What says
 * more than that stays. */
static void name_call(const struct rpc_procedure *proc, eb_error *err)
{
    static const char generic[] = "this function is not supported by the connection driver: vir";
    eb_error_domain domain = err->domain;

    if (err->code != EB_ERR_NO_SUPPORT || !proc->function || !err->message ||
        strncmp(err->message, generic, sizeof(generic) - 1) != 0)
        return;
    eb_error_clear(err);
    eb_error_set_from(err, domain, EB_ERR_NO_SUPPORT, "%s", proc->function);
}

static void *new_value(const struct xdr_type *type)
{
    return type ? eb_calloc(1, type->size) : NULL;
}

void rpc_dispatch_run(struct rpc_call *call)
{
    const struct rpc_procedure *proc = call->proc;
    EB_AUTOFREE void *args = new_value(proc->args);
    EB_AUTOFREE void *ret = new_value(proc->ret);
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;

    if (xdr_decode(proc->args, call->payload, call->n, args, &err) < 0) {
        err.domain = EB_FROM_RPC;
        eb_error_prefix(&err, "Unable to decode message payload");
        rpc_dispatch_fail(call, &err);
        return;
    }
    if (call->serve(call, args, ret, &err) < 0 || answer(call, ret, &err) < 0) {
        name_call(proc, &err);
        rpc_dispatch_fail(call, &err);
    }
    xdr_clear(proc->args, args);
    xdr_clear(proc->ret, ret);
}
