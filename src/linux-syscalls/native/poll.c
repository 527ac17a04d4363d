#include <stdlib.h>
#include <uv.h>
#include "native.h"

struct poll {
  uv_poll_t handle;
  struct state *state;
  struct poll *next;
  int32_t id;
  int fd;
  int events;
  napi_ref callback;
  napi_async_context context;
};

static void on_closed(uv_handle_t *handle) {
  struct poll *poll = handle->data;
  struct state *state = poll->state;
  free(poll);
  state->closing--;
  if (state->cleanup != NULL && state->closing == 0) napi_remove_async_cleanup_hook(state->cleanup);
}

/* Takes the poll off the list and off the loop; its memory goes when libuv is done with it. */
static void end(struct poll **link) {
  struct poll *poll = *link;
  napi_env env = poll->state->env;
  *link = poll->next;
  napi_delete_reference(env, poll->callback);
  napi_async_destroy(env, poll->context);
  poll->callback = NULL;
  poll->state->closing++;
  uv_close((uv_handle_t *)&poll->handle, on_closed);
}

void close_polls_of(struct state *state, int fd) {
  for (struct poll **link = &state->polls; *link != NULL;) {
    if (fd < 0 || (*link)->fd == fd) end(link);
    else link = &(*link)->next;
  }
}

static void on_event(uv_poll_t *handle, int status, int events) {
  struct poll *poll = handle->data;
  napi_env env = poll->state->env;
  napi_handle_scope scope = NULL;
  napi_value callback = NULL, receiver = NULL, argument = NULL;
  if (poll->callback == NULL || napi_open_handle_scope(env, &scope) != napi_ok) return;
  /* libuv ends the watching at an error that waits in a socket, such as the ENOBUFS of netlink; who reads it wants to hear what follows. */
  if (status < 0) uv_poll_start(handle, poll->events, on_event);
  napi_get_reference_value(env, poll->callback, &callback);
  napi_get_global(env, &receiver);
  argument = number(env, status < 0 ? status : events);
  if (napi_make_callback(env, poll->context, receiver, callback, 1, &argument, NULL) == napi_pending_exception) {
    napi_value error = NULL;
    if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

napi_value poll_start(napi_env env, napi_callback_info info) {
  napi_value callback, name = NULL;
  int32_t fd, events;
  napi_valuetype type = napi_undefined;
  struct uv_loop_s *loop = NULL;
  if (!arguments(env, info, "iiv", &fd, &events, &callback)) return NULL;
  if (napi_typeof(env, callback, &type) != napi_ok || type != napi_function) return type_error(env, "a function is wanted");
  struct state *state = state_of(env);
  if ((events & (UV_READABLE | UV_WRITABLE | UV_DISCONNECT)) != events || events == 0) return number(env, -EINVAL);
  if (state->cleanup != NULL || napi_get_uv_event_loop(env, &loop) != napi_ok) return number(env, -ECANCELED);
  struct poll *poll = calloc(1, sizeof *poll);
  if (poll == NULL) return number(env, -ENOMEM);
  int status = uv_poll_init(loop, &poll->handle, fd);
  if (status < 0) {
    free(poll);
    return number(env, status);
  }
  poll->handle.data = poll;
  poll->state = state;
  poll->fd = fd;
  poll->events = events;
  poll->id = ++state->last_id;
  poll->next = state->polls;
  state->polls = poll;
  napi_create_string_utf8(env, "linux-syscalls:poll", NAPI_AUTO_LENGTH, &name);
  napi_create_reference(env, callback, 1, &poll->callback);
  napi_async_init(env, NULL, name, &poll->context);
  status = uv_poll_start(&poll->handle, events, on_event);
  if (status < 0) end(&state->polls);
  return number(env, status < 0 ? status : poll->id);
}

/* What to do with poll `id`: 0 close, 1 ref, 2 unref. */
napi_value poll_change(napi_env env, napi_callback_info info) {
  int32_t id, change;
  if (!arguments(env, info, "ii", &id, &change)) return NULL;
  struct poll **link = &state_of(env)->polls;
  while (*link != NULL && (*link)->id != id) link = &(*link)->next;
  if (*link == NULL) return number(env, -ENOENT);
  if (change == 0) end(link);
  else if (change == 1) uv_ref((uv_handle_t *)&(*link)->handle);
  else uv_unref((uv_handle_t *)&(*link)->handle);
  return number(env, 0);
}
