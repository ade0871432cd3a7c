/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dump-typelib FILE: prints an XPT type library in the file format of api/. */
#include "vbox/com/dump.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    EB_AUTOERROR eb_error err = EB_ERROR_INIT;
    EB_AUTOSTRBUF struct eb_strbuf out = {0};
    struct vb_typelib *tl = NULL;

    if (argc != 2) {
        fprintf(stderr, "usage: dump-typelib FILE\n");
        return 2;
    }
    if (vb_xpt_read(argv[1], &tl, &err) < 0) {
        fprintf(stderr, "dump-typelib: %s\n", eb_error_message(&err));
        return 1;
    }
    vb_dump_typelib(tl, &out);
    vb_typelib_free(tl);
    return fputs(out.s ? out.s : "", stdout) < 0 || fflush(stdout) != 0;
}
