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
  if (!out)
    throw failure(fmt::format("cannot write {}: {}", temporary.string(), std::strerror(errno)));
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

}  // namespace tenon::tool
