/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** @file values.c Options' values, checked, with virsh's words for what is wrong. */
#include "shell/shell.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

int args_string(struct shell *sh, const struct args *args, const char *name, const char **out)
{
    *out = args_get(args, name);
    if (!*out)
        return 0;
    if (**out == '\0')
        return sh_error(sh, "Failed to get option '%s': Option argument is empty", name);
    return 1;
}

static int bad_number(struct shell *sh, const char *kind, const char *name, const char *value)
{
    return sh_error(sh, "%s '%s' for <%s> option is malformed or out of range", kind, value, name);
}

/** strtoll's number, the whole string, nothing more. */
static bool parse_number(const char *text, long long min, long long max, long long *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *out >= min && *out <= max;
}

int args_int(struct shell *sh, const struct args *args, const char *name, int *out)
{
    const char *text = args_get(args, name);
    long long value;
    if (!text)
        return 0;
    if (!parse_number(text, INT_MIN, INT_MAX, &value))
        return bad_number(sh, "Numeric value", name, text);
    *out = (int)value;
    return 1;
}

int args_uint(struct shell *sh, const struct args *args, const char *name, unsigned *out)
{
    const char *text = args_get(args, name);
    long long value;
    if (!text)
        return 0;
    if (!parse_number(text, 0, UINT_MAX, &value))
        return bad_number(sh, "Numeric value", name, text);
    *out = (unsigned)value;
    return 1;
}

/** Bytes in a unit: "k", "KiB" 1024, "KB" 1000 …, `without` one; 0 when there is no such unit. */
static uint64_t unit_bytes(const char *suffix, uint64_t without)
{
    static const char letters[] = "kmgtpe";
    if (*suffix == '\0')
        return without;
    if (strcasecmp(suffix, "b") == 0 || strcasecmp(suffix, "byte") == 0 || strcasecmp(suffix, "bytes") == 0)
        return 1;
    const char *letter = strchr(letters, tolower((unsigned char)*suffix));
    uint64_t base = suffix[1] == '\0' || strcasecmp(suffix + 1, "ib") == 0 ? 1024
                    : strcasecmp(suffix + 1, "b") == 0                     ? 1000
                                                                           : 0;
    if (!letter || base == 0)
        return 0;
    uint64_t bytes = 1;
    for (const char *p = letters; p <= letter; p++)
        bytes *= base;
    return bytes;
}

/** Bytes; false with sh->error set to more than that it is no number, where there is more to say. */
static bool parse_scaled(struct shell *sh, const char *text, uint64_t without, uint64_t *out)
{
    char *end;
    const char *digits = text;
    while (isspace((unsigned char)*digits))
        digits++;
    errno = 0;
    uint64_t value = strtoull(digits, &end, 10);
    if (errno || end == digits || *digits == '-')
        return false;
    uint64_t unit = unit_bytes(end, without);
    if (unit == 0)
        eb_error_set(&sh->error, EB_ERR_INVALID_ARG, "unknown suffix '%s'", end);
    else if (value > UINT64_MAX / unit)
        eb_error_set(&sh->error, EB_ERR_OVERFLOW, "value too large: %s", text);
    *out = value * unit;
    return !eb_error_is_set(&sh->error);
}

int args_kib(struct shell *sh, const struct args *args, const char *name, uint64_t *out)
{
    uint64_t bytes;

    int there = args_bytes(sh, args, name, 1024, &bytes);
    if (there < 1)
        return there;
    *out = bytes / 1024 + (bytes % 1024 != 0);
    return 1;
}

int args_bytes(struct shell *sh, const struct args *args, const char *name, uint64_t without, uint64_t *out)
{
    const char *text = args_get(args, name);
    if (!text)
        return 0;
    if (!parse_scaled(sh, text, without, out))
        return bad_number(sh, "Scaled numeric value", name, text);
    return 1;
}

int sh_scaled(struct shell *sh, const char *text, uint64_t without, uint64_t most, uint64_t *out)
{
    if (!parse_scaled(sh, text, without, out))
        return -1;
    if (*out <= most)
        return 0;
    return eb_error_set(&sh->error, EB_ERR_OVERFLOW, "value too large: %s", text);
}

int sh_size(struct shell *sh, const char *text, uint64_t *out)
{
    return parse_scaled(sh, text, 1, out) ? 0 : sh_error(sh, "Malformed size %s", text);
}

int args_exclusive(struct shell *sh, const struct args *args, const char *a, const char *b)
{
    if (args_has(args, a) && args_has(args, b))
        return sh_error(sh, "Options --%s and --%s are mutually exclusive", a, b);
    return 0;
}

int args_requires(struct shell *sh, const struct args *args, const char *option, const char *needed)
{
    if (args_has(args, option) && !args_has(args, needed))
        return sh_error(sh, "Option --%s is required by option --%s", needed, option);
    return 0;
}

int args_refuse(struct shell *sh, const struct args *args, const char *name, const char *why)
{
    if (args_has(args, name))
        return sh_error(sh, "option --%s of command '%s' is not supported: %s", name, args->cmd->name, why);
    return 0;
}
