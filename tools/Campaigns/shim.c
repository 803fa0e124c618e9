// Stands between a program and the kernel, for the files of one directory alone.
//
//   TORTURE_DIR=/path          the directory; nothing below happens elsewhere
//   TORTURE_FAIL=CALL:N:ERROR  the N-th such call fails: EIO, ENOSPC, EMFILE, ENOMEM, or `short`, which
//                              writes half. N+ lets every call from the N-th on fail. The CALL `*write`
//                              stands for write, pwrite, writev and pwritev together
//   TORTURE_HIT=file           gets a line for each call that was made to fail
//   TORTURE_COUNT=file         gets a line for each such call, failing or not
//   TORTURE_TRACE=file         gets every change to the directory's files, for trace.py
//   TORTURE_CLOCK=file         8 bytes, microseconds to add to the wall clock, read anew each time
//   TORTURE_BOOT=file          what /proc/sys/kernel/random/boot_id says
//
// Built as a shared library and preloaded. Linux and glibc on 64 bits; no thread may be cancelled.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static char directory[PATH_MAX];
static size_t directory_length;
static char fail_call[32];
static long fail_at, calls;
static int fail_onwards, fail_error, fail_short;
static int hits = -1, counted = -1, trace = -1;
static const char *boot_file;
static const volatile int64_t *clock_offset;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static void die(const char *what) {
  fprintf(stderr, "shim: %s\n", what);
  _exit(99);
}

static int raw_open(const char *path, int flags) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

__attribute__((constructor)) static void set_up(void) {
  const char *value = getenv("TORTURE_DIR");
  if (value == NULL) return;
  if (strlen(value) >= sizeof directory) die("TORTURE_DIR is too long");
  strcpy(directory, value);
  directory_length = strlen(directory);
  if ((value = getenv("TORTURE_FAIL")) != NULL) {
    char error[16], plus[2] = "";
    if (sscanf(value, "%31[^:]:%ld:%15s", fail_call, &fail_at, error) != 3 &&
        (sscanf(value, "%31[^:]:%ld%1[+]:%15s", fail_call, &fail_at, plus, error) != 4))
      die("TORTURE_FAIL is CALL:N:ERROR or CALL:N+:ERROR");
    fail_onwards = plus[0] == '+';
    if (strcmp(error, "EIO") == 0) fail_error = EIO;
    else if (strcmp(error, "ENOSPC") == 0) fail_error = ENOSPC;
    else if (strcmp(error, "EMFILE") == 0) fail_error = EMFILE;
    else if (strcmp(error, "ENOMEM") == 0) fail_error = ENOMEM;
    else if (strcmp(error, "short") == 0) fail_short = 1;
    else die("TORTURE_FAIL names an unknown error");
  }
  if ((value = getenv("TORTURE_HIT")) != NULL) hits = raw_open(value, O_WRONLY | O_CREAT | O_APPEND);
  if ((value = getenv("TORTURE_COUNT")) != NULL)
    counted = raw_open(value, O_WRONLY | O_CREAT | O_APPEND);
  if ((value = getenv("TORTURE_TRACE")) != NULL)
    trace = raw_open(value, O_WRONLY | O_CREAT | O_APPEND);
  boot_file = getenv("TORTURE_BOOT");
  if ((value = getenv("TORTURE_CLOCK")) != NULL) {
    int file = raw_open(value, O_RDONLY);
    void *page = mmap(NULL, 8, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) die("TORTURE_CLOCK cannot be read");
    clock_offset = page;
  }
}

// The path below the directory, or NULL for a file elsewhere.
static const char *below(const char *path, char *buffer) {
  if (directory_length == 0) return NULL;
  if (path[0] != '/') {
    size_t length;
    if (getcwd(buffer, PATH_MAX) == NULL) return NULL;
    length = strlen(buffer);
    if (length + strlen(path) + 2 > PATH_MAX) return NULL;
    buffer[length] = '/';
    strcpy(buffer + length + 1, path);
    path = buffer;
  }
  if (strncmp(path, directory, directory_length) != 0 || path[directory_length] != '/') return NULL;
  return path + directory_length + 1;
}

static const char *below_descriptor(int file, char *buffer) {
  char name[40];
  ssize_t length;
  if (directory_length == 0 || (counted < 0 && trace < 0 && fail_at == 0)) return NULL;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  length = syscall(SYS_readlinkat, AT_FDCWD, name, buffer, PATH_MAX - 1);
  if (length <= 0) return NULL;
  buffer[length] = 0;
  // The directory itself counts: its names are made durable through it.
  if (strcmp(buffer, directory) == 0) return ".";
  return below(buffer, buffer);
}

static const char *below_at(int at, const char *path, char *buffer) {
  if (path[0] == '/' || at == AT_FDCWD) return below(path, buffer);
  const char *base = below_descriptor(at, buffer);
  if (base == NULL) return NULL;
  if (strcmp(base, ".") == 0) return path;
  memmove(buffer, base, strlen(base) + 1);
  strncat(buffer, "/", PATH_MAX - strlen(buffer) - 1);
  strncat(buffer, path, PATH_MAX - strlen(buffer) - 1);
  return buffer;
}

// Whether this call is to fail: 0 no, 1 with errno set, 2 by writing half.
static int fails(const char *call, const char *path) {
  int is_write = strstr(call, "write") != NULL, fails = 0;
  if (counted >= 0 && path != NULL) {
    char line[32];
    syscall(SYS_write, counted, line, snprintf(line, sizeof line, "%s\n", call));
  }
  if (fail_at == 0 || path == NULL) return 0;
  if (strcmp(call, fail_call) != 0 && !(is_write && strcmp(fail_call, "*write") == 0)) return 0;
  pthread_mutex_lock(&lock);
  calls++;
  if (calls == fail_at || (fail_onwards && calls > fail_at)) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %ld %s\n", call, calls, path);
    if (hits >= 0) syscall(SYS_write, hits, line, length);
    fails = fail_short && is_write ? 2 : 1;
  }
  pthread_mutex_unlock(&lock);
  if (fails) errno = fail_short ? EIO : fail_error;
  return fails;
}

// MARK: The trace

struct entry {
  uint32_t type, flags;
  uint64_t inode, offset;
  uint32_t length, second;
};

static void put(const void *bytes, size_t length) {
  const char *rest = bytes;
  while (length > 0) {
    ssize_t count = syscall(SYS_write, trace, rest, length);
    if (count <= 0) die("the trace cannot be written");
    rest += count;
    length -= count;
  }
}

static void note(char type, int flags, uint64_t inode, uint64_t offset, const void *bytes,
                 size_t length, const char *second) {
  struct entry entry = {(uint32_t)type, (uint32_t)flags, inode, offset, (uint32_t)length,
                        second == NULL ? 0 : (uint32_t)strlen(second)};
  put(&entry, sizeof entry);
  put(bytes, length);
  if (second != NULL) put(second, entry.second);
}

static void note_path(char type, uint64_t inode, const char *path, const char *second) {
  note(type, 0, inode, 0, path, strlen(path), second);
}

static uint64_t inode_of(int file) {
  struct stat status;
  return fstat(file, &status) == 0 ? status.st_ino : 0;
}

static int begin_trace(const char *path) {
  if (trace < 0 || path == NULL) return 0;
  pthread_mutex_lock(&lock);
  return 1;
}

static void end_trace(void) {
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
}

static int is_durable(int file) { return (fcntl(file, F_GETFL) & O_DSYNC) != 0; }

// MARK: Writing

ssize_t write(int file, const void *bytes, size_t count) {
  char buffer[PATH_MAX];
  const char *path = below_descriptor(file, buffer);
  int how = fails("write", path);
  if (how == 1) return -1;
  if (how == 2) count /= 2;
  int traced = begin_trace(path);
  uint64_t offset = traced ? (uint64_t)lseek(file, 0, SEEK_CUR) : 0;
  ssize_t written = syscall(SYS_write, file, bytes, count);
  if (traced) {
    if (written > 0) note('W', is_durable(file), inode_of(file), offset, bytes, written, NULL);
    end_trace();
  }
  return written;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  char buffer[PATH_MAX];
  const char *path = below_descriptor(file, buffer);
  int how = fails("pwrite", path);
  if (how == 1) return -1;
  if (how == 2) count /= 2;
  int traced = begin_trace(path);
  ssize_t written = syscall(SYS_pwrite64, file, bytes, count, offset);
  if (traced) {
    if (written > 0) note('W', is_durable(file), inode_of(file), offset, bytes, written, NULL);
    end_trace();
  }
  return written;
}

static ssize_t vector(const char *call, int file, const struct iovec *parts, int count,
                      off_t offset) {
  char buffer[PATH_MAX];
  const char *path = below_descriptor(file, buffer);
  int how = fails(call, path);
  if (how == 1) return -1;
  struct iovec half = {count > 0 ? parts[0].iov_base : NULL, count > 0 ? parts[0].iov_len / 2 : 0};
  if (how == 2) {
    parts = &half;
    count = 1;
  }
  int traced = begin_trace(path);
  int positioned = offset >= 0;
  if (traced && !positioned) offset = lseek(file, 0, SEEK_CUR);
  ssize_t written = positioned ? syscall(SYS_pwritev, file, parts, count, offset, 0)
                               : syscall(SYS_writev, file, parts, count);
  if (traced) {
    ssize_t rest = written;
    for (int part = 0; part < count && rest > 0; part++) {
      size_t length = parts[part].iov_len < (size_t)rest ? parts[part].iov_len : (size_t)rest;
      note('W', is_durable(file), inode_of(file), offset, parts[part].iov_base, length, NULL);
      offset += length;
      rest -= length;
    }
    end_trace();
  }
  return written;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  return vector("writev", file, parts, count, -1);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
  return vector("pwritev", file, parts, count, offset);
}

int ftruncate(int file, off_t length) {
  char buffer[PATH_MAX];
  const char *path = below_descriptor(file, buffer);
  if (fails("ftruncate", path)) return -1;
  int traced = begin_trace(path);
  int result = (int)syscall(SYS_ftruncate, file, length);
  if (traced) {
    if (result == 0) note('T', 0, inode_of(file), length, NULL, 0, NULL);
    end_trace();
  }
  return result;
}

// MARK: Flushing

static int flush(const char *call, int number, int file) {
  char buffer[PATH_MAX];
  const char *path = below_descriptor(file, buffer);
  if (fails(call, path)) return -1;
  int traced = begin_trace(path);
  int result = (int)syscall(number, file);
  if (traced) {
    if (result == 0) note_path('S', inode_of(file), path, NULL);
    end_trace();
  }
  return result;
}

int fsync(int file) { return flush("fsync", SYS_fsync, file); }
int fdatasync(int file) { return flush("fdatasync", SYS_fdatasync, file); }

// Which file a mapping is of is not known here, so every one counts.
int msync(void *start, size_t length, int flags) {
  if (fails("msync", directory_length > 0 ? "a mapping" : NULL)) return -1;
  return (int)syscall(SYS_msync, start, length, flags);
}

void *mmap(void *start, size_t length, int protection, int flags, int file, off_t offset) {
  char buffer[PATH_MAX];
  if (file >= 0 && fails("mmap", below_descriptor(file, buffer))) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, start, length, protection, flags, file, offset);
}

// MARK: Names

static int open_at(int at, const char *name, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  if (boot_file != NULL && strcmp(name, "/proc/sys/kernel/random/boot_id") == 0) name = boot_file;
  const char *path = below_at(at, name, buffer);
  if (fails("open", path)) return -1;
  int traced = begin_trace((flags & (O_CREAT | O_TRUNC)) != 0 ? path : NULL);
  int is_new = traced && faccessat(at, name, F_OK, 0) != 0;
  int file = (int)syscall(SYS_openat, at, name, flags, mode);
  if (traced) {
    if (file >= 0 && is_new) note_path('C', inode_of(file), path, NULL);
    else if (file >= 0 && (flags & O_TRUNC)) note('T', 0, inode_of(file), 0, NULL, 0, NULL);
    end_trace();
  }
  return file;
}

#define MODE(last)                                    \
  mode_t mode = 0;                                    \
  if (flags & (O_CREAT | __O_TMPFILE)) {              \
    va_list list;                                     \
    va_start(list, last);                             \
    mode = va_arg(list, mode_t);                      \
    va_end(list);                                     \
  }

int open(const char *name, int flags, ...) {
  MODE(flags)
  return open_at(AT_FDCWD, name, flags, mode);
}

int openat(int at, const char *name, int flags, ...) {
  MODE(flags)
  return open_at(at, name, flags, mode);
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
  char buffer[PATH_MAX], other[PATH_MAX];
  const char *path = below_at(from_at, from, buffer), *target = below_at(to_at, to, other);
  if (fails("rename", path)) return -1;
  int traced = begin_trace(target == NULL ? NULL : path);
  int result = (int)syscall(SYS_renameat, from_at, from, to_at, to);
  if (traced) {
    if (result == 0) note_path('R', 0, path, target);
    end_trace();
  }
  return result;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int at, const char *name, int flags) {
  char buffer[PATH_MAX];
  const char *path = below_at(at, name, buffer);
  if (fails("unlink", path)) return -1;
  int traced = begin_trace(path);
  int result = (int)syscall(SYS_unlinkat, at, name, flags);
  if (traced) {
    if (result == 0) note_path('U', 0, path, NULL);
    end_trace();
  }
  return result;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int at, const char *name, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = below_at(at, name, buffer);
  if (fails("mkdir", path)) return -1;
  int traced = begin_trace(path);
  int result = (int)syscall(SYS_mkdirat, at, name, mode);
  if (traced) {
    struct stat status;
    if (result == 0 && fstatat(at, name, &status, 0) == 0)
      note_path('D', status.st_ino, path, NULL);
    end_trace();
  }
  return result;
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

// MARK: The clock

int clock_gettime(clockid_t clock, struct timespec *time) {
  static __typeof__(&clock_gettime) next;
  if (next == NULL) next = REAL(clock_gettime);
  int result = next(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME && clock_offset != NULL) {
    int64_t micros = *clock_offset + time->tv_nsec / 1000 + (int64_t)time->tv_sec * 1000000;
    long rest = time->tv_nsec % 1000;
    time->tv_sec = micros / 1000000;
    time->tv_nsec = micros % 1000000 * 1000 + rest;
  }
  return result;
}

int gettimeofday(struct timeval *time, void *zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (result != NULL) *result = now.tv_sec;
  return now.tv_sec;
}

// On 64 bits the functions for large files are the same ones.
ssize_t pwrite64(int, const void *, size_t, off64_t) __attribute__((alias("pwrite")));
ssize_t pwritev64(int, const struct iovec *, int, off64_t) __attribute__((alias("pwritev")));
int ftruncate64(int, off64_t) __attribute__((alias("ftruncate")));
void *mmap64(void *, size_t, int, int, int, off64_t) __attribute__((alias("mmap")));
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
