/* Answers yes to everything that the old ip_vs socket options ask, so that keepalived's checkers run where the kernel has no ip_vs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

enum { FIRST = 1024 + 64, LAST = FIRST + 64 + 20, IP_LEVEL = 0 };

static int is_ipvs(int level, int name) { return level == IP_LEVEL && name >= FIRST && name <= LAST; }

int getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
  static int (*real)(int, int, int, void *, socklen_t *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "getsockopt");
  if (!is_ipvs(level, name)) return real(fd, level, name, value, length);
  memset(value, 0, *length);
  return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  static int (*real)(int, int, int, const void *, socklen_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "setsockopt");
  return is_ipvs(level, name) ? 0 : real(fd, level, name, value, length);
}
