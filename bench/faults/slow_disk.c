/* A disk that takes SLOW_DISK_MS for each flush: put before libc by LD_PRELOAD. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_disk(void)
{
    const char *told = getenv("SLOW_DISK_MS");
    long ms = told ? atol(told) : 0;
    struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&pause, NULL);
}

int fsync(int file)
{
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

    wait_for_disk();
    return flush(file);
}

int fdatasync(int file)
{
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

    wait_for_disk();
    return flush(file);
}
