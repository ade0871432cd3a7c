/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is noted of networks: words and a definition, in VirtualBox's extra data Everbox/Network/UUID. */
#include "vbox/network.h"

#include "base/log.h"

#define NETWORK_KEY VBOX_EXTRA_PREFIX "Network/"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static const char *const kinds[] = {"nat", "interface", "host-only"};

/* What tells this run of the host from others. */
static char *boot(void)
{
    char *id = NULL;
    size_t n;

    if (eb_read_file(BOOT_ID, 64, &id, &n) < 0)
        return eb_strdup("unknown");
    id[strcspn(id, "\n")] = '\0';
    return id;
}

static char *key_of(const unsigned char uuid[16])
{
    char id[EB_UUID_STRLEN + 1];

    eb_uuid_format(uuid, id);
    return eb_asprintf(NETWORK_KEY "%s", id);
}

/* False for one that is damaged. */
static bool read_note(const char *note, struct vbox_network_note *out)
{
    EB_AUTOERROR eb_error why = EB_ERROR_INIT;
    EB_AUTOFREE char *id = boot(), *now = eb_asprintf("boot=%s", id);
    const char *xml = strchr(note, '<');
    EB_AUTOFREE char *words = xml ? eb_strndup(note, (size_t)(xml - note)) : NULL;
    struct eb_object_def *def = NULL;
    char *rest = NULL;

    memset(out, 0, sizeof(*out));
    out->rebooted = true;
    for (char *word = xml ? strtok_r(words, " ", &rest) : NULL; word; word = strtok_r(NULL, " ", &rest)) {
        for (size_t i = 0; i < EB_ARRAY_SIZE(kinds); i++) {
            if (eb_streq(word, kinds[i]))
                out->kind = (enum vbox_network_kind)i;
        }
        out->rebooted &= !eb_streq(word, now);
        out->transient |= eb_streq(word, "transient");
        out->stopped |= eb_streq(word, "stopped");
        out->autostart |= eb_streq(word, "autostart");
        out->wishes |= eb_streq(word, "autostart") || eb_streq(word, "manual");
    }
    if (!xml || eb_object_def_parse(EB_OBJECT_NETWORK, xml, &def, &why) < 0) {
        eb_log(EB_LOG_WARN, "vbox", "a note of a network cannot be read: %s", eb_error_message(&why));
        return false;
    }
    out->def = (struct eb_network_def *)def;
    return true;
}

int vbox_network_notes_read(struct vbox_conn *c, IVirtualBox *vbox, struct vbox_network_note **out,
                            eb_error *err)
{
    char **keys = NULL;
    size_t n_keys = 0, n = 0;
    int result = 0;

    *out = NULL;
    if (vbox_global_keys(c, vbox, &n_keys, &keys, err) < 0)
        return -1;
    for (size_t i = 0; i < n_keys && result == 0; i++) {
        EB_AUTOFREE char *text = NULL;
        struct vbox_network_note note;

        if (!eb_starts_with(keys[i], NETWORK_KEY))
            continue;
        result = vbox_global_get(c, vbox, keys[i], &text, err);
        if (result == 0 && *text && read_note(text, &note))
            *EB_APPEND(*out, n) = note;
    }
    vb_strings_free(n_keys, keys);
    if (result == 0)
        return (int)n;
    vbox_network_notes_free(*out, n);
    *out = NULL;
    return -1;
}

void vbox_network_notes_free(struct vbox_network_note *notes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        eb_object_def_free(&notes[i].def->base);
    free(notes);
}

/* Of a network that is no longer there, and whose name this one has now. */
static int forget_others(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net,
                         eb_error *err)
{
    struct vbox_network_note *notes = NULL;
    int n = vbox_network_notes_read(c, vbox, &notes, err), result = n < 0 ? -1 : 0;

    for (int i = 0; i < n && result == 0; i++) {
        const struct eb_network_def *def = notes[i].def;

        if (notes[i].kind == net->kind && eb_streq(def->bridge, net->of_vbox) &&
            memcmp(def->base.uuid, net->uuid, sizeof(net->uuid)) != 0) {
            EB_AUTOFREE char *key = key_of(def->base.uuid);

            result = vbox_global_set(c, vbox, key, NULL, err);
        }
    }
    vbox_network_notes_free(notes, n < 0 ? 0 : (size_t)n);
    return result;
}

int vbox_network_note(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(net->uuid), *id = boot(), *xml = NULL, *text = NULL;
    bool wishes = net->autostart != net->active;
    bool stopped = net->kind == VBOX_NETWORK_INTERFACE && !net->active;
    EB_AUTOOBJECT struct eb_object_def *base = NULL;
    struct eb_network_def *def;

    if (forget_others(c, vbox, net, err) < 0)
        return -1;
    if (!net->noted && !net->transient && !wishes && !stopped)
        return vbox_global_set(c, vbox, key, NULL, err);
    if (net->noted)
        base = eb_object_def_copy(&net->noted->base);
    else if (eb_object_def_parse(EB_OBJECT_NETWORK, "<network><name>n</name></network>", &base, err) < 0)
        return -1;
    def = (struct eb_network_def *)base;
    eb_replace_string(&def->base.name, net->name);
    memcpy(def->base.uuid, net->uuid, sizeof(net->uuid));
    def->base.has_uuid = true;
    eb_replace_string(&def->bridge, net->of_vbox);
    xml = eb_object_def_format(base);
    text = eb_asprintf("%s boot=%s%s%s%s %s", kinds[net->kind], id, net->transient ? " transient" : "",
                       stopped ? " stopped" : "", wishes ? (net->autostart ? " autostart" : " manual") : "",
                       xml);
    return vbox_global_set(c, vbox, key, text, err);
}

int vbox_network_forget(struct vbox_conn *c, IVirtualBox *vbox, const struct vbox_network *net, eb_error *err)
{
    EB_AUTOFREE char *key = key_of(net->uuid);

    return vbox_global_set(c, vbox, key, NULL, err);
}
