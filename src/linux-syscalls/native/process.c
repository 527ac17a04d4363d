#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "native.h"

static volatile pid_t signal_thread;

/*
 * A signal for the process reaches any thread that does not block it, and Node had threads before this code was loaded. So those
 * hand it on to the one thread that blocks it, where it stays pending for signalfd.
 */
static void hand_on(int number, siginfo_t *info, void *context) {
  int saved = errno;
  (void)context;
  info->si_code = SI_QUEUE; /* The kernel lets no thread pass on what looks like kill(2) to another. */
  if (syscall(SYS_gettid) != signal_thread) syscall(SYS_rt_tgsigqueueinfo, getpid(), signal_thread, number, info);
  errno = saved;
}

napi_value signal_descriptor(napi_env env, napi_callback_info info) {
  napi_value list, element;
  uint32_t count = 0;
  sigset_t set;
  struct sigaction action = {.sa_sigaction = hand_on, .sa_flags = SA_SIGINFO | SA_RESTART};
  if (!arguments(env, info, "v", &list)) return NULL;
  if (napi_get_array_length(env, list, &count) != napi_ok) return type_error(env, "an array of numbers is wanted");
  sigemptyset(&set);
  for (uint32_t i = 0; i < count; i++) {
    int32_t signal_number;
    if (napi_get_element(env, list, i, &element) != napi_ok || napi_get_value_int32(env, element, &signal_number) != napi_ok)
      return type_error(env, "an array of numbers is wanted");
    if (sigaddset(&set, signal_number) < 0) return result(env, -1);
  }
  int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return result(env, fd);
  int status = pthread_sigmask(SIG_BLOCK, &set, NULL);
  signal_thread = (pid_t)syscall(SYS_gettid);
  sigfillset(&action.sa_mask);
  for (int i = 1; status == 0 && i <= SIGRTMAX; i++)
    if (sigismember(&set, i) == 1 && sigaction(i, &action, NULL) < 0) status = errno;
  if (status == 0) return number(env, fd);
  close(fd);
  return number(env, -status);
}

/* An absolute instant in microseconds; 0 disarms. Rounded up to the nanosecond, so that it never fires early. */
napi_value timer_set(napi_env env, napi_callback_info info) {
  int32_t fd;
  double micros;
  struct itimerspec at = {0};
  if (!arguments(env, info, "id", &fd, &micros)) return NULL;
  if (!(micros >= 0 && micros < 9e15)) return number(env, -EINVAL);
  int64_t whole = (int64_t)micros, nanos = whole * 1000 + (int64_t)ceil((micros - (double)whole) * 1e3);
  at.it_value = (struct timespec){.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
  return result(env, timerfd_settime(fd, TFD_TIMER_ABSTIME, &at, NULL));
}

napi_value clock_now(napi_env env, napi_callback_info info) {
  int clock = CLOCK_MONOTONIC;
  struct timespec now = {0};
  if (!arguments(env, info, "i", &clock) || clock_gettime(clock, &now) < 0) return NULL;
  return number(env, (double)now.tv_sec * 1e6 + (double)(now.tv_nsec / 1000));
}

NUMBERS(timer_create_descriptor, "", timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
/* The raw call, for pid 0 to be this thread with every C library. */
NUMBERS(set_scheduler, "iii", syscall(SYS_sched_setscheduler, a, b, &(struct sched_param){.sched_priority = c}))
NUMBERS(set_priority, "ii", setpriority(PRIO_PROCESS, (id_t)a, b))
NUMBERS(lock_memory, "i", mlockall(a))
/* Numbers only: an option that takes a pointer gets EFAULT or EINVAL from the kernel. */
NUMBERS(process_control, "ii", prctl(a, (unsigned long)(uint32_t)b, 0UL, 0UL, 0UL))
NUMBERS(set_namespace, "ii", setns(a, b))
