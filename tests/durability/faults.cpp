// A library to preload: system calls on files below one folder are counted, and the n-th one fails.
// By the environment:
//   TENON_FAULT_FOLDER   absolute path; calls on other files are left alone
//   TENON_FAULT          kill, short (write half), or ENOSPC, EIO, EINTR or EROFS
//   TENON_FAULT_AT       n, from 1; a file TENON_FAULT_MARK is made when the n-th call comes
//   TENON_FAULT_ALWAYS   set: later calls fail too
//   TENON_FAULT_LOG      a file that gets a line per counted call
// Syncing is left out: a kill does not lose what the system has taken, and disks are slow.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

std::string_view setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool concerns(const char* path) {
  static const std::string folder(setting("TENON_FAULT_FOLDER"));
  return !folder.empty() && std::string_view(path).starts_with(folder);
}

std::array<std::atomic<bool>, 4096> followed;  // descriptors of files below the folder

bool concerns(int file) {
  return file >= 0 && static_cast<std::size_t>(file) < followed.size() &&
         followed[static_cast<std::size_t>(file)];
}

void append(std::string_view path, std::string_view line) {
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, std::string(path).c_str(),
                                             O_WRONLY | O_CREAT | O_APPEND, 0644));
  syscall(SYS_write, file, line.data(), line.size());
  syscall(SYS_close, file);
}

enum class verdict { pass, cut_short, fail };  // fail: errno is set

int number_of(std::string_view error) {
  return error == "ENOSPC" ? ENOSPC : error == "EINTR" ? EINTR : error == "EROFS" ? EROFS : EIO;
}

verdict judge(const char* call, std::string_view of) {
  static const std::string kind(setting("TENON_FAULT"));
  static const long at = std::atol(std::string(setting("TENON_FAULT_AT")).c_str());
  static const bool always = !setting("TENON_FAULT_ALWAYS").empty();
  static const std::string log(setting("TENON_FAULT_LOG")), mark(setting("TENON_FAULT_MARK"));
  static std::atomic<long> calls = 0;
  const long n = ++calls;
  if (!log.empty()) append(log, std::string(call) + " " + std::string(of) + "\n");
  if (kind.empty() || n < at || (n > at && !always)) return verdict::pass;
  if (n == at) append(mark, "reached\n");
  if (kind == "kill") raise(SIGKILL);
  if (kind == "short") return verdict::cut_short;
  errno = number_of(kind);
  return verdict::fail;
}

std::string_view name_of(const char* path) {
  const std::string_view whole(path);
  return whole.substr(whole.rfind('/') + 1);
}

int open_file(const char* path, int flags, mode_t mode) {
  const bool here = concerns(path);
  if (here && judge("open", name_of(path)) == verdict::fail) return -1;
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (file >= 0 && static_cast<std::size_t>(file) < followed.size())
    followed[static_cast<std::size_t>(file)] = here;
  return file;
}

mode_t mode_of(int flags, va_list rest) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(rest, int)) : 0;
}

int removed(const char* path, int flags) {
  if (concerns(path) && judge("unlink", name_of(path)) == verdict::fail) return -1;
  return static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, flags));
}

int synced(int file, const char* call) {
  return concerns(file) && judge(call, "") == verdict::fail ? -1 : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_file(path, flags, mode);
}

ssize_t write(int file, const void* data, size_t size) {
  const verdict v = concerns(file) ? judge("write", "") : verdict::pass;
  if (v == verdict::fail) return -1;
  return syscall(SYS_write, file, data, v == verdict::cut_short ? (size + 1) / 2 : size);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t at) {
  const verdict v = concerns(file) ? judge("pwrite", "") : verdict::pass;
  if (v == verdict::fail) return -1;
  return syscall(SYS_pwrite64, file, data, v == verdict::cut_short ? (size + 1) / 2 : size, at);
}

int fsync(int file) { return synced(file, "fsync"); }
int fdatasync(int file) { return synced(file, "fdatasync"); }

int ftruncate(int file, off_t size) {
  if (concerns(file) && judge("ftruncate", "") == verdict::fail) return -1;
  return static_cast<int>(syscall(SYS_ftruncate, file, size));
}

// The descriptor is gone whatever close says.
int close(int file) {
  const bool here = concerns(file);
  if (here) followed[static_cast<std::size_t>(file)] = false;
  const verdict v = here ? judge("close", "") : verdict::pass;
  const int error = errno;
  const auto result = static_cast<int>(syscall(SYS_close, file));
  if (v != verdict::fail) return result;
  errno = error;
  return -1;
}

int rename(const char* from, const char* to) noexcept {
  if ((concerns(from) || concerns(to)) && judge("rename", name_of(to)) == verdict::fail) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlink(const char* path) noexcept { return removed(path, 0); }

int remove(const char* path) noexcept {
  const int result = removed(path, 0);
  return result != 0 && errno == EISDIR ? removed(path, AT_REMOVEDIR) : result;
}

}  // extern "C"
