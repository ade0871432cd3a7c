/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * versions MACHINES FOLDER...: for each installation, how long reading its type library and binding take,
 * connecting (VBoxSVC has to start), the first list of MACHINES machines by a connection, and a later one.
 * Prints a line each, of medians. Each installation has a process of its own, and a throw-away user home.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "everbox/everbox.h"
#include "vbox/com/bind.h"

enum { BINDINGS = 21, LISTS = 11 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_value);
    return values[n / 2];
}

static void check(int result, const eb_error *err)
{
    if (result >= 0)
        return;
    fprintf(stderr, "%s\n", eb_error_message(err));
    _exit(1);
}

static double time_binding(const char *folder)
{
    EB_AUTOFREE char *path = eb_asprintf("%s/components/VirtualBox_XPCOM.xpt", folder);
    eb_error err = EB_ERROR_INIT;
    double times[BINDINGS];

    for (unsigned i = 0; i < BINDINGS; i++) {
        struct vb_typelib *tl = NULL;
        double began = now();

        check(vb_xpt_read(path, &tl, &err), &err);
        vb_binding_free(vb_bind(tl));
        times[i] = now() - began;
        vb_typelib_free(tl);
    }
    return median(times, BINDINGS);
}

static double time_list(eb_conn *conn)
{
    eb_error err = EB_ERROR_INIT;
    eb_domain **domains = NULL;
    double began = now(), took;
    int n = eb_conn_list_domains(conn, 0, &domains, &err);

    check(n, &err);
    took = now() - began;
    for (int i = 0; i < n; i++)
        eb_domain_unref(domains[i]);
    eb_free(domains);
    return took;
}

static void define(eb_conn *conn, unsigned number)
{
    EB_AUTOFREE char *xml =
        eb_asprintf("<domain type='vbox'><name>machine-%04u</name><memory unit='MiB'>64</memory>"
                    "<os><type>hvm</type></os></domain>",
                    number);
    eb_error err = EB_ERROR_INIT;
    eb_domain *dom = NULL;

    check(eb_domain_define_xml(conn, xml, 0, &dom, &err), &err);
    eb_domain_unref(dom);
}

static void measure(const char *folder, unsigned machines)
{
    EB_AUTOFREE char *uri = eb_asprintf("vbox:///session?home=%s", folder);
    double connect = now(), bind, first, lists[LISTS];
    eb_error err = EB_ERROR_INIT;
    eb_conn *conn = NULL, *other = NULL;

    check(eb_connect_open(uri, 0, &conn, &err), &err);
    connect = now() - connect;
    bind = time_binding(folder);
    for (unsigned i = 0; i < machines; i++)
        define(conn, i);
    eb_conn_unref(conn);
    sleep(3); /* what was written just now counts as changing */
    check(eb_connect_open(uri, 0, &other, &err), &err);
    first = time_list(other);
    time_list(other);
    for (unsigned i = 0; i < LISTS; i++)
        lists[i] = time_list(other);
    eb_conn_unref(other);
    printf("%-8s bind %5.2f ms   connect %6.1f ms   list of %u: first %6.1f ms, again %6.1f ms\n",
           strrchr(folder, '/') + 1, bind, connect, machines, first, median(lists, LISTS));
    fflush(stdout);
}

static void in_home(const char *folder, unsigned machines)
{
    char home[] = "/tmp/everbox-bench-XXXXXX";
    EB_AUTOFREE char *config = NULL, *clean = NULL;
    pid_t child;
    int status = 0;

    if (!mkdtemp(home))
        exit(1);
    config = eb_asprintf("%s/vbox", home);
    clean = eb_asprintf("rm -rf '%s'", home);
    child = fork();
    if (child == 0) {
        mkdir(config, 0700);
        setenv("HOME", home, 1);
        setenv("VBOX_USER_HOME", config, 1);
        measure(folder, machines);
        _exit(0);
    }
    if (child > 0)
        waitpid(child, &status, 0);
    if (system(clean) != 0 || child < 0 || status != 0) // NOLINT(cert-env33-c): its own folder
        exit(1);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: versions MACHINES FOLDER...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        EB_AUTOFREE char *folder = realpath(argv[i], NULL);

        if (!folder) {
            perror(argv[i]);
            return 1;
        }
        in_home(folder, (unsigned)strtoul(argv[1], NULL, 10));
    }
    return 0;
}
