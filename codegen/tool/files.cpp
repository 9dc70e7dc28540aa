#include "codegen/tool/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "codegen/tool/failure.hpp"

namespace tenon::tool {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path)) {
    throw failure(
        fmt::format("cannot read {}: {}", path.string(), std::strerror(in ? EISDIR : errno)));
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return fs::path(path) += fmt::format(".{}-{}.tmp", ::getpid(), counter++);
}

bool write_file(const fs::path& path, std::string_view text) {
  if (fs::exists(path) && read_file(path) == text) return false;
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  const fs::path temporary = temporary_beside(path);
  std::ofstream out(temporary, std::ios::binary);
  out << text << std::flush;
  if (!out) {
    const int error = errno;
    std::error_code nothing_to_remove;
    fs::remove(temporary, nothing_to_remove);
    throw failure(fmt::format("cannot write {}: {}", path.string(), std::strerror(error)));
  }
  out.close();
  fs::rename(temporary, path);
  return true;
}

void copy_program(const fs::path& from, const fs::path& to) {
  if (to.has_parent_path()) fs::create_directories(to.parent_path());
  const fs::path temporary = temporary_beside(to);
  fs::copy_file(from, temporary);
  fs::rename(temporary, to);
}

namespace {

// Whether the nearest folder that exists lets something be made in it.
void require_room(fs::path there, const fs::path& path, std::string_view option) {
  while (!fs::exists(there)) there = there.parent_path();
  if (!fs::is_directory(there)) {
    throw failure(fmt::format("{} {}: {} is no folder; choose another place", option, path.string(),
                              there.string()));
  }
  if (::access(there.c_str(), W_OK | X_OK) != 0) {
    throw failure(fmt::format("{} {}: nothing can be written into {} ({}); choose another place",
                              option, path.string(), there.string(), std::strerror(errno)));
  }
}

}  // namespace

void require_writable_file(const fs::path& path, std::string_view option) {
  if (fs::is_directory(path))
    throw failure(fmt::format("{} {}: is a folder; name a file", option, path.string()));
  require_room(fs::absolute(path).lexically_normal().parent_path(), path, option);
}

void require_writable_folder(const fs::path& path, std::string_view option) {
  if (fs::exists(path) && !fs::is_directory(path))
    throw failure(fmt::format("{} {}: is a file; name a folder", option, path.string()));
  require_room(fs::absolute(path).lexically_normal(), path, option);
}

}  // namespace tenon::tool
