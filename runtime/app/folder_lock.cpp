#include "runtime/app/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

std::string holder(int file) {
  std::array<char, 24> text{};
  const ssize_t size = ::pread(file, text.data(), text.size() - 1, 0);
  return size > 0 ? fmt::format("process {}", std::string(text.data(), static_cast<size_t>(size)))
                  : "another process";
}

// Whether the path still names the file that was opened: its last holder may have removed it.
bool same(int file, const std::filesystem::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

folder_lock::folder_lock(const std::filesystem::path& folder) : path_(folder / ".lock") {
  for (;;) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
      throw user_error(fmt::format("{}: cannot be written to: {}; choose another --output",
                                   folder.string(), std::strerror(errno)));
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      const std::string who = holder(file_);
      ::close(file_);
      throw user_error(fmt::format("{}: is in use by {}; wait for it, or choose another --output",
                                   folder.string(), who));
    }  // file systems without locks give other errors: then nobody is kept out
    if (same(file_, path_)) break;
    ::close(file_);
  }
  const std::string number = std::to_string(::getpid());
  // Only for the message above: a full disk is met, and told, where it matters.
  if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, number.data(), number.size(), 0) < 0) return;
}

folder_lock::~folder_lock() {
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace tenon::runtime
