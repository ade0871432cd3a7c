/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzzer's function over each file of the folders and files named: a corpus as a test. */
#include "base/util.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned inputs;

static int run_file(const char *path)
{
    EB_AUTOFREE char *data = NULL;
    EB_AUTOFREE uint8_t *exact = NULL;
    size_t len = 0;

    if (eb_read_file(path, (size_t)64 << 20, &data, &len) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    /* No byte behind the input, so that AddressSanitizer sees what reads past its end. */
    exact = malloc(len ? len : 1);
    if (!exact)
        return -1;
    memcpy(exact, data, len);
    inputs++;
    return LLVMFuzzerTestOneInput(exact, len);
}

static int run(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int result = 0;

    if (!dir)
        return run_file(path);
    while (result == 0 && (entry = readdir(dir))) {
        EB_AUTOFREE char *file = eb_asprintf("%s/%s", path, entry->d_name);

        if (entry->d_name[0] != '.')
            result = run(file);
    }
    closedir(dir);
    return result;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (run(argv[i]) != 0)
            return 1;
    printf("%u inputs\n", inputs);
    return inputs == 0;
}
