// Saving of whole files; declared in file.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"

namespace tenon::runtime {
namespace {

std::string reason() { return std::strerror(errno); }

// Calls until no signal interrupts.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// One file descriptor, closed at the end of its scope.
class descriptor {
 public:
  // shown: how errors call it.
  descriptor(const std::filesystem::path& path, int flags, const std::filesystem::path& shown)
      : number_(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); })) {
    if (number_ >= 0) return;
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    const std::string why = reason();
    throw user_error(fmt::format("cannot write {}: {}{}", shown.string(), why,
                                 is_missing ? "; name a file in a folder that exists" : ""));
  }
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  void write(std::span<const std::byte> data, const std::filesystem::path& path) const {
    while (!data.empty()) {
      const ssize_t written =
          uninterrupted([&] { return ::write(number_, data.data(), data.size()); });
      if (written <= 0) {
        throw user_error(fmt::format("cannot write {}: {}", path.string(),
                                     written < 0 ? reason() : "the device takes nothing more"));
      }
      data = data.subspan(static_cast<std::size_t>(written));
    }
  }
  void sync(const std::filesystem::path& path) const {
    if (uninterrupted([&] { return ::fsync(number_); }) != 0)
      throw user_error(fmt::format("cannot sync {}: {}", path.string(), reason()));
  }
  // Some file systems tell only now that the data found no place. After EINTR the number is free.
  void close(const std::filesystem::path& path) {
    const int number = std::exchange(number_, -1);
    if (::close(number) != 0 && errno != EINTR)
      throw user_error(fmt::format("cannot write {}: {}", path.string(), reason()));
  }

 private:
  int number_;
};

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path unfinished(std::filesystem::path path) { return path += ".tmp"; }

void write_new(const std::filesystem::path& path, const std::filesystem::path& shown,
               std::span<const std::span<const std::byte>> pieces, outlives what) {
  descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, shown);
  for (const auto piece : pieces) file.write(piece, shown);
  if (what == outlives::power_loss) file.sync(shown);
  file.close(shown);
}

void move_over(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (uninterrupted([&] { return std::rename(from.c_str(), to.c_str()); }) != 0) {
    throw user_error(
        fmt::format("cannot rename {} to {}: {}", from.string(), to.string(), reason()));
  }
}

}  // namespace

void save_atomically(const std::filesystem::path& path,
                     std::span<const std::span<const std::byte>> pieces, outlives what) {
  const std::filesystem::path temporary = unfinished(path);
  try {
    write_new(temporary, path, pieces, what);
    move_over(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());  // without memory, which may be what is missing
    throw;
  }
  if (what == outlives::power_loss) {
    const std::filesystem::path folder = folder_of(path);
    descriptor(folder, O_RDONLY | O_DIRECTORY, folder).sync(folder);
  }
}

void save_atomically(const std::filesystem::path& path, std::string_view text, outlives what) {
  const std::array pieces{std::as_bytes(std::span(text))};
  save_atomically(path, pieces, what);
}

void remove_unfinished(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(unfinished(path), ignored);
}

}  // namespace tenon::runtime
