#include "model.h"
#define S(n) const struct member n##_members[] = {{NULL, NULL}};
S(medium)
S(storage)
S(network) S(hostnet) S(snapshot) S(machinedata) S(host) S(system) S(display) S(metrics) S(remote) S(usb)
    S(guest) S(platform) S(clone) struct node *medium_node(const char *id)
{
    (void)id;
    return NULL;
}
struct object *medium_object(const char *id)
{
    (void)id;
    return NULL;
}
const char *medium_id(const struct object *o)
{
    (void)o;
    return NULL;
}
void medium_forget(const char *id, bool d)
{
    (void)id;
    (void)d;
}
const char *medium_state(const struct node *m)
{
    (void)m;
    return "Created";
}
void storage_drop_diffs(const struct node *b, const struct node *n)
{
    (void)b;
    (void)n;
}
void storage_implicit_diffs(struct machine *m, struct node *n)
{
    (void)m;
    (void)n;
}
bool os_type_known(const char *id)
{
    (void)id;
    return true;
}
bool os_type_64(const char *id)
{
    return eb_ends_with(id, "_64");
}
unsigned snapshot_count(const struct node *s)
{
    (void)s;
    return 0;
}
struct node *snapshot_find(const struct machine *m, const char *n)
{
    (void)m;
    (void)n;
    return NULL;
}
