/* Linux calls for JavaScript. A wrong type of argument throws a TypeError, a failed call is a negative errno. */
#ifndef LINUX_SYSCALLS_NATIVE_H
#define LINUX_SYSCALLS_NATIVE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <node_api.h>

/* A Uint8Array's memory; valid until JavaScript runs again. `data` is NULL for undefined and for a detached one. */
struct bytes {
  void *data;
  size_t length;
};

/* What one JavaScript environment (a thread) has open. */
struct state {
  napi_env env;
  struct poll *polls;
  int32_t last_id;
  unsigned closing;
  napi_async_cleanup_hook_handle cleanup;
};

/*
 * Reads the arguments into the pointers that follow, one for each letter of `kinds`: i int32_t, d double, b struct bytes,
 * v napi_value. Returns false after throwing a TypeError. Runs no JavaScript, so that bytes stay valid.
 */
bool arguments(napi_env env, napi_callback_info info, const char *kinds, ...);
/* A Uint8Array, or undefined as no bytes. */
bool bytes_of(napi_env env, napi_value value, struct bytes *result);

napi_value type_error(napi_env env, const char *message);
napi_value number(napi_env env, double value);
/* The call's result, or its negative errno. */
napi_value result(napi_env env, long value);
/* A Uint8Array with a copy of the memory. */
napi_value copy_bytes(napi_env env, const void *data, size_t length);

struct state *state_of(napi_env env);
void close_polls_of(struct state *state, int fd);

/* A call whose arguments, a, b and c, are all numbers. */
#define NUMBERS(name, kinds, call)                            \
  napi_value name(napi_env env, napi_callback_info info) {    \
    int32_t a = 0, b = 0, c = 0;                              \
    if (!arguments(env, info, kinds, &a, &b, &c)) return NULL; \
    return result(env, call);                                 \
  }

typedef napi_value native_function(napi_env env, napi_callback_info info);
native_function open_socket, bind_socket, connect_socket, set_option, get_option, socket_name, send_messages, receive_messages,
    read_bytes, close_descriptor, name_to_index;
native_function poll_start, poll_change;
native_function signal_descriptor, timer_create_descriptor, timer_set, clock_now, set_scheduler, set_priority, lock_memory,
    process_control, set_namespace;

#endif
