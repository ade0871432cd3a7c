/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file wire.h
 * What goes between the library (in the client's process) and the stand-in's VBoxSVC: values and messages
 * over a unix socket. Both sides read the same release.sim, so interfaces and slots travel as numbers.
 */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "base/util.h"

enum sim_vkind {
    SIM_V_NONE,
    SIM_V_NUM,
    SIM_V_STR,   /* UTF-8; uuids too, as text */
    SIM_V_OBJ,   /* num: the object's number (0: none); len: its interface's number */
    SIM_V_BYTES, /* an array of bytes */
    SIM_V_LIST,
};

/** Owns what it points to. Zeroed memory is a SIM_V_NONE. */
struct sim_value {
    enum sim_vkind kind;
    uint64_t num;
    size_t len; /* of str (without its end), of bytes, of items; or an object's interface */
    char *str;  /* a zero follows, also behind bytes */
    struct sim_value *items;
};

/** Object numbers with this bit belong to the client: listeners, callbacks. */
#define SIM_LOCAL_OBJECT (UINT64_C(1) << 63)

void sim_value_clear(struct sim_value *v);
void sim_values_free(struct sim_value *v, unsigned n);
void sim_value_str(struct sim_value *v, const char *s);

enum sim_message {
    SIM_M_HELLO = 1, /* u32 pid, str digest, str options -> str problem ("" when welcome), u64 client */
    SIM_M_CALL, /* u64 object, u32 iface, u32 slot, releases, values -> u32 rc, u64 error object, u32, values
                 */
    SIM_M_CREATE,  /* str contract -> u32 rc, value (object) */
    SIM_M_RELEASE, /* releases -> nothing but an empty answer */
    SIM_M_EVENTS,  /* u64 client: from now on the server sends SIM_M_CALL to local objects on this socket */
};

/** A growing message, or one being read. A read past its end sets `bad` and gives zeros. */
struct sim_buf {
    uint8_t *data;
    size_t len, cap, pos;
    bool bad;
};

void sim_buf_free(struct sim_buf *b);
void sim_put_u32(struct sim_buf *b, uint32_t v);
void sim_put_u64(struct sim_buf *b, uint64_t v);
void sim_put_str(struct sim_buf *b, const char *s);
void sim_put_value(struct sim_buf *b, const struct sim_value *v);
uint32_t sim_get_u32(struct sim_buf *b);
uint64_t sim_get_u64(struct sim_buf *b);
/** The caller's. */
char *sim_get_str(struct sim_buf *b);
void sim_get_value(struct sim_buf *b, struct sim_value *v);

/**
 * Messages with their length before them. Requests and events go through a socket, answers through a pipe:
 * its reader does not wake its writer, which at a socket waits for the next message. 0, or -1: the peer is
 * gone.
 */
int sim_send(int fd, const struct sim_buf *b);
int sim_send_answer(int fd, const struct sim_buf *b);
/** Receives one into `b` (emptied first), wherever it comes from; or one that no other can follow, faster. */
int sim_receive(int fd, struct sim_buf *b);
int sim_receive_only(int fd, struct sim_buf *b);
/** Hands a descriptor to the peer of a socket; takes one that comes first (-1: none). */
int sim_pass(int fd, int passed);
int sim_take_passed(int fd);

/** The user home as VirtualBox finds it; the caller's. */
char *sim_user_home(const char *version);
/** Fills a sockaddr_un for the stand-in's VBoxSVC of this home; gives the length. */
struct sockaddr_un;
unsigned sim_address(const char *home, struct sockaddr_un *addr);

#endif
