// Preloaded into a process that keeps a store: makes its disk one whose power can be cut, and that can fail.
//
// FAULTS_ROOT   the folder that this is about
// FAULTS_IMAGE  a folder beside it: what would be left of the root if the power failed now. f<inode>-<birth> is what a file had when it was last synced,
//               d<inode> are the names that its folder had when that was last synced.
// FAULTS_ERROR  a file: while it exists, writes and syncs under the root fail with the errno it contains
//
// .NET finds libc's functions with dlsym, RocksDB through the linker: both come here.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SMALL (1 << 16)

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *image, *trouble;

__attribute__((constructor)) static void begin(void) {
  root = getenv("FAULTS_ROOT");
  image = getenv("FAULTS_IMAGE");
  trouble = getenv("FAULTS_ERROR");
}

static int is_ours(int fd) {
  char link[64], path[PATH_MAX];
  if (!root) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return strncmp(path, root, strlen(root)) == 0;
}

// The errno to fail with; 0 for none.
static int failing(int fd) {
  char text[16] = {0};
  if (!trouble) return 0;
  int at = syscall(SYS_openat, AT_FDCWD, trouble, O_RDONLY, 0);
  if (at < 0) return 0;
  syscall(SYS_read, at, text, sizeof text - 1);
  syscall(SYS_close, at);
  return is_ours(fd) ? atoi(text) : 0;
}

static int image_path(char *path, char kind, int fd, const char *more) {
  struct statx about;
  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &about) != 0) return -1;
  snprintf(path, PATH_MAX, "%s/%c%llu-%lld%09u%s", image, kind, (unsigned long long)about.stx_ino, (long long)about.stx_btime.tv_sec, about.stx_btime.tv_nsec, more);
  return 0;
}

// The whole of a small file, of a long one what was added: such files only grow.
static void keep_file(int fd, off_t size) {
  char path[PATH_MAX], source[64], buffer[1 << 16];
  if (image_path(path, 'f', fd, "") != 0) return;
  snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
  int from = syscall(SYS_openat, AT_FDCWD, source, O_RDONLY, 0);
  int to = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600);
  struct stat kept;
  off_t at = size > SMALL && fstat(to, &kept) == 0 && kept.st_size > SMALL ? kept.st_size - SMALL : 0;
  while (from >= 0 && to >= 0 && at < size) {
    ssize_t n = pread(from, buffer, size - at < (off_t)sizeof buffer ? (size_t)(size - at) : sizeof buffer, at);
    if (n <= 0) break;
    syscall(SYS_pwrite64, to, buffer, n, at);
    at += n;
  }
  syscall(SYS_ftruncate, to, size);
  syscall(SYS_close, from);
  syscall(SYS_close, to);
}

static void keep_folder(int fd) {
  char path[PATH_MAX], fresh[PATH_MAX], source[64];
  if (image_path(path, 'd', fd, "") != 0 || image_path(fresh, 'd', fd, ".new") != 0) return;
  snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
  DIR *folder = opendir(source);
  FILE *list = fopen(fresh, "w");
  if (!folder || !list) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct statx about;
    if (entry->d_name[0] == '.' && (!entry->d_name[1] || (entry->d_name[1] == '.' && !entry->d_name[2]))) continue;
    if (statx(fd, entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME | STATX_TYPE, &about) != 0) continue;
    fprintf(list, "%c%llu-%lld%09u %s\n", S_ISDIR(about.stx_mode) ? 'd' : 'f', (unsigned long long)about.stx_ino, (long long)about.stx_btime.tv_sec, about.stx_btime.tv_nsec, entry->d_name);
  }
  closedir(folder);
  fflush(list);
  fclose(list);
  rename(fresh, path);
}

static int sync_now(int fd) {
  int error = failing(fd);
  if (error) return errno = error, -1;
  struct stat about;
  if (!image || !is_ours(fd) || fstat(fd, &about) != 0) return 0;
  pthread_mutex_lock(&gate);
  if (S_ISDIR(about.st_mode)) keep_folder(fd);
  else keep_file(fd, about.st_size);
  pthread_mutex_unlock(&gate);
  return 0;
}

static int faulty_fsync(int fd) { return is_ours(fd) ? sync_now(fd) : (int)syscall(SYS_fsync, fd); }
static int faulty_fdatasync(int fd) { return is_ours(fd) ? sync_now(fd) : (int)syscall(SYS_fdatasync, fd); }

int fsync(int fd) { return faulty_fsync(fd); }
int fdatasync(int fd) { return faulty_fdatasync(fd); }

#define FAIL_IF_ORDERED(fd) do { int error_ = failing(fd); if (error_) return errno = error_, -1; } while (0)

ssize_t write(int fd, const void *bytes, size_t count) { FAIL_IF_ORDERED(fd); return syscall(SYS_write, fd, bytes, count); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { FAIL_IF_ORDERED(fd); return syscall(SYS_pwrite64, fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) { FAIL_IF_ORDERED(fd); return syscall(SYS_pwrite64, fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { FAIL_IF_ORDERED(fd); return syscall(SYS_writev, fd, parts, count); }

void *dlsym(void *handle, const char *name) {
  static void *(*real)(void *, const char *);
  if (strcmp(name, "fsync") == 0) return (void *)faulty_fsync;
  if (strcmp(name, "fdatasync") == 0) return (void *)faulty_fdatasync;
  if (!real) {
    real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (!real) real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    if (!real) real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
  }
  return real(handle, name);
}
