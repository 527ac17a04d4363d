#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "native.h"

bool bytes_of(napi_env env, napi_value value, struct bytes *result) {
  bool is_typed = false;
  napi_valuetype kind = napi_null;
  napi_typedarray_type type = napi_int8_array;
  *result = (struct bytes){NULL, 0};
  if (napi_typeof(env, value, &kind) == napi_ok && kind == napi_undefined) return true;
  return napi_is_typedarray(env, value, &is_typed) == napi_ok && is_typed &&
         napi_get_typedarray_info(env, value, &type, &result->length, &result->data, NULL, NULL) == napi_ok && type == napi_uint8_array;
}

bool arguments(napi_env env, napi_callback_info info, const char *kinds, ...) {
  napi_value values[8];
  size_t count = strlen(kinds), given = count;
  va_list targets;
  bool right = count <= 8 && napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given >= count;
  va_start(targets, kinds);
  for (size_t i = 0; right && i < count; i++) {
    void *target = va_arg(targets, void *);
    switch (kinds[i]) {
      case 'i': right = napi_get_value_int32(env, values[i], target) == napi_ok; break;
      case 'd': right = napi_get_value_double(env, values[i], target) == napi_ok; break;
      case 'b': right = bytes_of(env, values[i], target); break;
      default: *(napi_value *)target = values[i];
    }
  }
  va_end(targets);
  if (!right) type_error(env, "an argument is missing or of the wrong type");
  return right;
}

napi_value type_error(napi_env env, const char *message) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
  return NULL;
}

napi_value number(napi_env env, double value) {
  napi_value js = NULL;
  napi_create_double(env, value, &js);
  return js;
}

napi_value result(napi_env env, long value) { return number(env, (double)(value < 0 ? -errno : value)); }

napi_value copy_bytes(napi_env env, const void *data, size_t length) {
  void *memory = NULL;
  napi_value buffer = NULL, js = NULL;
  if (napi_create_arraybuffer(env, length, &memory, &buffer) != napi_ok) return NULL;
  if (length > 0) memcpy(memory, data, length);
  napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &js);
  return js;
}

struct state *state_of(napi_env env) {
  void *state = NULL;
  napi_get_instance_data(env, &state);
  return state;
}

static void finish(napi_env env, void *state, void *hint) {
  (void)env;
  (void)hint;
  free(state);
}

/* The environment ends: polls must be off its loop before it goes. */
static void clean_up(napi_async_cleanup_hook_handle handle, void *argument) {
  struct state *state = argument;
  state->cleanup = handle;
  close_polls_of(state, -1);
  if (state->closing == 0) napi_remove_async_cleanup_hook(handle);
}

static const struct {
  const char *name;
  native_function *call;
} functions[] = {
    {"socket", open_socket}, {"bind", bind_socket}, {"connect", connect_socket}, {"setsockopt", set_option},
    {"getsockopt", get_option}, {"getsockname", socket_name}, {"send", send_messages}, {"receive", receive_messages},
    {"read", read_bytes}, {"close", close_descriptor}, {"ifNameToIndex", name_to_index},
    {"pollStart", poll_start}, {"pollChange", poll_change}, {"signalfd", signal_descriptor},
    {"timerfdCreate", timer_create_descriptor}, {"timerfdSettime", timer_set}, {"clockNow", clock_now},
    {"schedSetscheduler", set_scheduler}, {"setpriority", set_priority}, {"mlockall", lock_memory}, {"prctl", process_control},
    {"setns", set_namespace},
};

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  struct state *state = calloc(1, sizeof *state);
  if (state == NULL) return type_error(env, "out of memory");
  state->env = env;
  napi_set_instance_data(env, state, finish, NULL);
  napi_add_async_cleanup_hook(env, clean_up, state, NULL);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value js = NULL;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &js);
    napi_set_named_property(env, exports, functions[i].name, js);
  }
  return exports;
}
