/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file json.h
 * Writes one JSON document (RFC 8259), two blanks a level. Bytes that are no UTF-8 become U+FFFD. `key` is
 * NULL inside an array.
 */
#ifndef EB_SHELL_JSON_H
#define EB_SHELL_JSON_H

#include "base/strbuf.h"

struct json {
    struct eb_strbuf out;
    unsigned depth;
    bool first; /* nothing yet at this level */
};

void json_begin(struct json *j, const char *key); /* { */
void json_end(struct json *j);
void json_begin_array(struct json *j, const char *key);
void json_end_array(struct json *j);
/** NULL writes null. */
void json_string(struct json *j, const char *key, const char *value);
void json_int(struct json *j, const char *key, int64_t value);
void json_uint(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_free(struct json *j);
#define AUTO_JSON EB_CLEANUP(json_free)

#endif
