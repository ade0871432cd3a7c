/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { USUAL = 1000, LONGEST = 256 << 20 }; /* bytes of a message */

void sim_value_clear(struct sim_value *v)
{
    free(v->str);
    if (v->kind == SIM_V_LIST)
        sim_values_free(v->items, (unsigned)v->len);
    memset(v, 0, sizeof(*v));
}

void sim_values_free(struct sim_value *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        sim_value_clear(&v[i]);
    free(v);
}

void sim_value_str(struct sim_value *v, const char *s)
{
    sim_value_clear(v);
    v->kind = SIM_V_STR;
    v->str = eb_strdup(s ? s : "");
    v->len = strlen(v->str);
}

void sim_buf_free(struct sim_buf *b)
{
    free(b->data);
    memset(b, 0, sizeof(*b));
}

static void *grow(struct sim_buf *b, size_t n)
{
    void *p;

    if (b->len + n > b->cap) {
        b->cap = (b->len + n) * 2 + 256;
        b->data = eb_reallocarray(b->data, b->cap, 1);
    }
    p = b->data + b->len;
    b->len += n;
    return p;
}

static const void *take(struct sim_buf *b, size_t n)
{
    const void *p = b->data + b->pos;

    if (b->bad || n > b->len - b->pos) {
        b->bad = true;
        return NULL;
    }
    b->pos += n;
    return p;
}

void sim_put_u32(struct sim_buf *b, uint32_t v)
{
    memcpy(grow(b, sizeof(v)), &v, sizeof(v));
}

void sim_put_u64(struct sim_buf *b, uint64_t v)
{
    memcpy(grow(b, sizeof(v)), &v, sizeof(v));
}

static void put_bytes(struct sim_buf *b, const void *p, size_t n)
{
    sim_put_u32(b, (uint32_t)n);
    if (n)
        memcpy(grow(b, n), p, n);
}

void sim_put_str(struct sim_buf *b, const char *s)
{
    put_bytes(b, s, s ? strlen(s) : 0);
}

void sim_put_value(struct sim_buf *b, const struct sim_value *v)
{
    sim_put_u32(b, v->kind);
    switch (v->kind) {
    case SIM_V_NUM:
        sim_put_u64(b, v->num);
        break;
    case SIM_V_OBJ:
        sim_put_u64(b, v->num);
        sim_put_u32(b, (uint32_t)v->len);
        break;
    case SIM_V_STR:
    case SIM_V_BYTES:
        put_bytes(b, v->str, v->len);
        break;
    case SIM_V_LIST:
        sim_put_u32(b, (uint32_t)v->len);
        for (size_t i = 0; i < v->len; i++)
            sim_put_value(b, &v->items[i]);
        break;
    case SIM_V_NONE:
        break;
    }
}

uint32_t sim_get_u32(struct sim_buf *b)
{
    uint32_t v = 0;
    const void *p = take(b, sizeof(v));

    if (p)
        memcpy(&v, p, sizeof(v));
    return v;
}

uint64_t sim_get_u64(struct sim_buf *b)
{
    uint64_t v = 0;
    const void *p = take(b, sizeof(v));

    if (p)
        memcpy(&v, p, sizeof(v));
    return v;
}

char *sim_get_str(struct sim_buf *b)
{
    uint32_t n = sim_get_u32(b);
    const char *p = take(b, n);

    return p ? eb_strndup(p, n) : eb_strdup("");
}

void sim_get_value(struct sim_buf *b, struct sim_value *v)
{
    uint32_t n;
    const void *p;

    memset(v, 0, sizeof(*v));
    v->kind = sim_get_u32(b);
    switch (v->kind) {
    case SIM_V_NUM:
        v->num = sim_get_u64(b);
        break;
    case SIM_V_OBJ:
        v->num = sim_get_u64(b);
        v->len = sim_get_u32(b);
        break;
    case SIM_V_STR:
    case SIM_V_BYTES:
        n = sim_get_u32(b);
        p = take(b, n);
        v->len = p ? n : 0;
        v->str = eb_calloc(v->len + 1, 1);
        if (v->len)
            memcpy(v->str, p, v->len);
        break;
    case SIM_V_LIST:
        n = sim_get_u32(b);
        if (n > b->len - b->pos) {
            b->bad = true;
            n = 0;
        }
        v->items = n ? eb_calloc(n, sizeof(*v->items)) : NULL;
        for (v->len = 0; v->len < n; v->len++)
            sim_get_value(b, &v->items[v->len]);
        break;
    case SIM_V_NONE:
        break;
    default:
        v->kind = SIM_V_NONE;
        b->bad = true;
    }
}

static int write_all(int fd, const void *data, size_t n, bool is_socket)
{
    const uint8_t *p = data;

    while (n > 0) {
        ssize_t done = is_socket ? send(fd, p, n, MSG_NOSIGNAL) : write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Reads at least `least` bytes, at most `most`; gives how many, or -1. */
static ssize_t read_some(int fd, void *data, size_t least, size_t most)
{
    uint8_t *p = data;
    size_t have = 0;

    while (have < least) {
        ssize_t done = read(fd, p + have, most - have);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        have += (size_t)done;
    }
    return (ssize_t)have;
}

static int put_whole(int fd, const struct sim_buf *b, bool is_socket)
{
    struct sim_buf whole = {0};
    int result;

    put_bytes(&whole, b->data, b->len);
    result = write_all(fd, whole.data, whole.len, is_socket);
    sim_buf_free(&whole);
    return result;
}

int sim_send(int fd, const struct sim_buf *b)
{
    return put_whole(fd, b, true);
}

int sim_send_answer(int fd, const struct sim_buf *b)
{
    return put_whole(fd, b, false);
}

int sim_receive(int fd, struct sim_buf *b)
{
    uint32_t n;

    b->len = b->pos = 0;
    b->bad = false;
    if (read_some(fd, &n, sizeof(n), sizeof(n)) < 0 || n > LONGEST)
        return -1;
    return n && read_some(fd, grow(b, n), n, n) < 0 ? -1 : 0;
}

int sim_receive_only(int fd, struct sim_buf *b)
{
    ssize_t have;
    uint32_t n;

    b->len = b->pos = 0;
    b->bad = false;
    grow(b, USUAL);
    have = read_some(fd, b->data, sizeof(n), b->len);
    if (have < 0)
        return -1;
    memcpy(&n, b->data, sizeof(n));
    if (n > LONGEST || (size_t)have > sizeof(n) + n)
        return -1;
    b->len = (size_t)have;
    if (b->len < sizeof(n) + n) {
        size_t rest = sizeof(n) + n - b->len;

        if (read_some(fd, grow(b, rest), rest, rest) < 0)
            return -1;
    }
    b->pos = sizeof(n);
    return 0;
}

int sim_pass(int fd, int passed)
{
    char c = 0, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec byte = {&c, 1};
    struct msghdr m = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&m);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof(int));
    return sendmsg(fd, &m, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int sim_take_passed(int fd)
{
    char c, control[CMSG_SPACE(sizeof(int))];
    struct iovec byte = {&c, 1};
    struct msghdr m = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header;
    int passed;

    if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) != 1)
        return -1;
    header = CMSG_FIRSTHDR(&m);
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int)))
        return -1;
    memcpy(&passed, CMSG_DATA(header), sizeof(int));
    return passed;
}

char *sim_user_home(const char *version)
{
    const char *home = getenv("VBOX_USER_HOME"), *config = getenv("XDG_CONFIG_HOME"), *user = getenv("HOME");

    if (home && *home)
        return eb_strdup(home);
    /* 4.3 moved it; a folder of before is kept in use */
    if (strtod(version, NULL) < 4.25 || !user)
        return eb_asprintf("%s/.VirtualBox", user ? user : "/tmp");
    if (config && *config)
        return eb_asprintf("%s/VirtualBox", config);
    return eb_asprintf("%s/.config/VirtualBox", user);
}

unsigned sim_address(const char *home, struct sockaddr_un *addr)
{
    struct stat st = {0};
    uint64_t hash = UINT64_C(1469598103934665603);
    char *real = realpath(home, NULL);
    int n;

    for (const char *p = real ? real : home; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    free(real);
    stat(home, &st);
    memset(addr, 0, sizeof(*addr));
    addr->sun_family = AF_UNIX;
    /* an abstract address, so that no path is too long; the inode, so that a folder made anew gets a new
     * server */
    n = snprintf(addr->sun_path + 1, sizeof(addr->sun_path) - 1, "everbox-sim-%u-%" PRIx64 "-%" PRIx64,
                 getuid(), hash, (uint64_t)st.st_ino ^ (uint64_t)st.st_dev << 40);
    return (unsigned)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}
