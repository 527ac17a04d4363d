#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "native.h"

enum { MAX_MESSAGES = 64, CONTROL_SIZE = 512, MAX_BUFFER = 1 << 20, MAX_OPTION = 4096, MAX_READ = 1 << 16 };

NUMBERS(open_socket, "iii", socket(a, b | SOCK_CLOEXEC | SOCK_NONBLOCK, c))

static napi_value with_address(napi_env env, napi_callback_info info, int (*call)(int, const struct sockaddr *, socklen_t)) {
  int32_t fd;
  struct bytes address;
  if (!arguments(env, info, "ib", &fd, &address)) return NULL;
  return result(env, call(fd, address.data, (socklen_t)address.length));
}

napi_value bind_socket(napi_env env, napi_callback_info info) { return with_address(env, info, bind); }

napi_value connect_socket(napi_env env, napi_callback_info info) { return with_address(env, info, connect); }

napi_value set_option(napi_env env, napi_callback_info info) {
  int32_t fd, level, name;
  struct bytes value;
  if (!arguments(env, info, "iiib", &fd, &level, &name, &value)) return NULL;
  return result(env, setsockopt(fd, level, name, value.data, (socklen_t)value.length));
}

napi_value get_option(napi_env env, napi_callback_info info) {
  int32_t fd, level, name, size;
  char value[MAX_OPTION];
  if (!arguments(env, info, "iiii", &fd, &level, &name, &size)) return NULL;
  if (size < 0 || size > MAX_OPTION) return number(env, -EINVAL);
  socklen_t length = (socklen_t)size;
  if (getsockopt(fd, level, name, value, &length) < 0) return result(env, -1);
  return copy_bytes(env, value, length < sizeof value ? length : sizeof value);
}

napi_value socket_name(napi_env env, napi_callback_info info) {
  int32_t fd;
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (!arguments(env, info, "i", &fd)) return NULL;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return result(env, -1);
  return copy_bytes(env, &address, length < sizeof address ? length : sizeof address);
}

/* fd, [data, address, control, data, …], flags. All JavaScript values are fetched before any memory is looked at. */
napi_value send_messages(napi_env env, napi_callback_info info) {
  napi_value list, parts[MAX_MESSAGES * 3];
  int32_t fd, flags;
  uint32_t count = 0;
  struct mmsghdr messages[MAX_MESSAGES];
  struct iovec vectors[MAX_MESSAGES];
  if (!arguments(env, info, "ivi", &fd, &list, &flags)) return NULL;
  if (napi_get_array_length(env, list, &count) != napi_ok) return type_error(env, "an array is wanted");
  if (count % 3 != 0 || count > MAX_MESSAGES * 3) return number(env, -EMSGSIZE);
  for (uint32_t i = 0; i < count; i++)
    if (napi_get_element(env, list, i, &parts[i]) != napi_ok) return NULL;
  memset(messages, 0, sizeof messages);
  for (uint32_t i = 0; i < count / 3; i++) {
    struct bytes data, address, control;
    if (!bytes_of(env, parts[i * 3], &data) || !bytes_of(env, parts[i * 3 + 1], &address) || !bytes_of(env, parts[i * 3 + 2], &control))
      return type_error(env, "a Uint8Array is wanted");
    vectors[i] = (struct iovec){data.data, data.length};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = address.data,
        .msg_namelen = (socklen_t)address.length,
        .msg_iov = &vectors[i],
        .msg_iovlen = 1,
        .msg_control = control.length > 0 ? control.data : NULL,
        .msg_controllen = control.length,
    };
  }
  return result(env, sendmmsg(fd, messages, count / 3, flags | MSG_DONTWAIT | MSG_NOSIGNAL));
}

/* fd, how many, bytes for each, flags → [data, address, control, flags, data, …] */
napi_value receive_messages(napi_env env, napi_callback_info info) {
  napi_value list = NULL;
  int32_t fd, count, size, flags;
  struct mmsghdr messages[MAX_MESSAGES];
  struct iovec vectors[MAX_MESSAGES];
  struct sockaddr_storage addresses[MAX_MESSAGES];
  if (!arguments(env, info, "iiii", &fd, &count, &size, &flags)) return NULL;
  if (count < 1 || size < 0 || size > MAX_BUFFER) return number(env, -EINVAL);
  if (count > MAX_MESSAGES) count = MAX_MESSAGES;
  char *memory = malloc((size_t)count * ((size_t)size + CONTROL_SIZE));
  if (memory == NULL) return number(env, -ENOMEM);
  memset(messages, 0, sizeof messages);
  for (int32_t i = 0; i < count; i++) {
    char *start = memory + (size_t)i * ((size_t)size + CONTROL_SIZE);
    memset(start, 0, CONTROL_SIZE);
    vectors[i] = (struct iovec){start + CONTROL_SIZE, (size_t)size};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &addresses[i],
        .msg_namelen = sizeof addresses[i],
        .msg_iov = &vectors[i],
        .msg_iovlen = 1,
        .msg_control = start,
        .msg_controllen = CONTROL_SIZE,
    };
  }
  int received = recvmmsg(fd, messages, (unsigned)count, flags | MSG_DONTWAIT, NULL);
  if (received < 0) {
    list = result(env, received);
  } else if (napi_create_array_with_length(env, (size_t)received * 4, &list) == napi_ok) {
    for (int i = 0; i < received; i++) {
      struct msghdr *header = &messages[i].msg_hdr;
      /* With MSG_TRUNC as an argument the length is that of the datagram, which the buffer may not hold. */
      size_t length = messages[i].msg_len < (unsigned)size ? messages[i].msg_len : (size_t)size;
      uint32_t at = (uint32_t)i * 4;
      napi_set_element(env, list, at, copy_bytes(env, vectors[i].iov_base, length));
      napi_set_element(env, list, at + 1,
                       copy_bytes(env, header->msg_name, header->msg_namelen < sizeof *addresses ? header->msg_namelen : sizeof *addresses));
      napi_set_element(env, list, at + 2, copy_bytes(env, header->msg_control, header->msg_controllen));
      napi_set_element(env, list, at + 3, number(env, header->msg_flags));
    }
  }
  free(memory);
  return list;
}

napi_value read_bytes(napi_env env, napi_callback_info info) {
  int32_t fd, size;
  char buffer[MAX_READ];
  if (!arguments(env, info, "ii", &fd, &size)) return NULL;
  if (size < 0) return number(env, -EINVAL);
  ssize_t length = read(fd, buffer, size < MAX_READ ? (size_t)size : MAX_READ);
  return length < 0 ? result(env, -1) : copy_bytes(env, buffer, (size_t)length);
}

napi_value close_descriptor(napi_env env, napi_callback_info info) {
  int32_t fd;
  if (!arguments(env, info, "i", &fd)) return NULL;
  if (fd >= 0) close_polls_of(state_of(env), fd);
  return result(env, close(fd));
}

napi_value name_to_index(napi_env env, napi_callback_info info) {
  napi_value value;
  char name[IF_NAMESIZE + 1];
  size_t length = 0;
  if (!arguments(env, info, "v", &value)) return NULL;
  if (napi_get_value_string_utf8(env, value, name, sizeof name, &length) != napi_ok) return type_error(env, "a string is wanted");
  if (length >= IF_NAMESIZE || strlen(name) != length) return number(env, -ENODEV);
  unsigned index = if_nametoindex(name);
  return index == 0 ? result(env, -1) : number(env, index);
}
