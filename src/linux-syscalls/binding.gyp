{
  "targets": [
    {
      "target_name": "linux_syscalls",
      "sources": ["native/addon.c", "native/socket.c", "native/poll.c", "native/process.c"],
      "defines": ["_GNU_SOURCE", "NAPI_VERSION=8"],
      "cflags_c": ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"]
    }
  ]
}
