#include "runtime/io/file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/io/error.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t deflate_ratio = 1032;  // a run of equal bytes: 258 of them in two bits

struct close_gz {
  void operator()(gzFile f) const { gzclose(f); }
};

std::string reason() { return std::strerror(errno); }

void require_file(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (std::filesystem::is_regular_file(status)) return;
  if (std::filesystem::is_directory(status))
    throw user_error(fmt::format("{}: is a folder, where a file is wanted", path.string()));
  if (std::filesystem::exists(status))
    throw user_error(
        fmt::format("{}: is no plain file; copy what it holds into one", path.string()));
  const bool absent = !failed || failed == std::errc::no_such_file_or_directory;
  throw user_error(
      fmt::format("{}: {}", path.string(), absent ? "no such file" : failed.message()));
}

}  // namespace

struct input_file::handle {
  std::unique_ptr<gzFile_s, close_gz> gz;
};

input_file::input_file(std::filesystem::path path)
    : path_(std::move(path)), handle_(std::make_unique<handle>()) {
  require_file(path_);
  size_on_disk_ = std::filesystem::file_size(path_);
  handle_->gz.reset(gzopen(path_.c_str(), "rb"));
  if (!handle_->gz) throw user_error(fmt::format("cannot open {}: {}", path_.string(), reason()));
  gzbuffer(handle_->gz.get(), 1U << 17);
  compressed_ = gzdirect(handle_->gz.get()) == 0;
}

input_file::~input_file() = default;

// What zlib says about the last call that failed.
user_error input_file::damaged() const {
  int code = Z_OK;
  std::string_view message = gzerror(handle_->gz.get(), &code);
  if (code == Z_ERRNO) message = std::strerror(errno);
  if (message.starts_with(path_.native())) message.remove_prefix(path_.native().size() + 2);
  return user_error(fmt::format("{}: cannot be read after {} bytes: {}; is the copy complete?",
                                path_.string(), read_, message));
}

void input_file::read(std::span<std::byte> to) {
  while (!to.empty()) {
    const auto wanted = static_cast<unsigned>(std::min<std::size_t>(to.size(), 1U << 30));
    const int got = gzread(handle_->gz.get(), to.data(), wanted);
    if (got < 0) throw damaged();
    if (got == 0) {
      throw user_error(
          fmt::format("{}: ends after {} bytes, {} more were announced; is the copy complete?",
                      path_.string(), read_, to.size()));
    }
    read_ += static_cast<unsigned>(got);
    to = to.subspan(static_cast<std::size_t>(got));
  }
}

bytes input_file::read_rest() {
  bytes all;
  while (!at_end()) {
    const std::size_t step = std::clamp<std::uint64_t>(at_most(), 1, 1U << 20);
    const std::size_t begin = all.size();
    all.resize(begin + step);
    const int got =
        gzread(handle_->gz.get(), all.data() + begin, static_cast<unsigned>(all.size() - begin));
    if (got < 0) throw damaged();
    all.resize(begin + static_cast<unsigned>(got));
    read_ += static_cast<unsigned>(got);
  }
  return all;
}

bool input_file::at_end() {
  const int next = gzgetc(handle_->gz.get());
  if (next >= 0) {
    gzungetc(next, handle_->gz.get());
    return false;
  }
  int code = Z_OK;
  gzerror(handle_->gz.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) throw damaged();
  return true;
}

void input_file::expect_end() {
  if (at_end()) return;
  throw user_error(fmt::format("{}: holds more than the {} bytes that its header announces",
                               path_.string(), read_));
}

std::uint64_t input_file::at_most() const {
  const std::uint64_t most = compressed_ ? size_on_disk_ * deflate_ratio : size_on_disk_;
  return most - std::min(most, read_);
}

void input_file::require(std::uint64_t wanted, std::string_view what) const {
  if (wanted <= at_most()) return;
  throw user_error(
      fmt::format("{}: {} need {} bytes, the file has {} left{}; is the copy complete?",
                  path_.string(), what, wanted, at_most(), compressed_ ? " at most" : ""));
}

bytes read_file(const std::filesystem::path& path) {
  require_file(path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (!file) throw user_error(fmt::format("cannot open {}: {}", path.string(), reason()));
  bytes data(std::filesystem::file_size(path));
  if (std::fread(data.data(), 1, data.size(), file.get()) != data.size()) {
    throw user_error(fmt::format("cannot read {}: it changed or the disk failed", path.string()));
  }
  return data;
}

bytes read_unpacked(const std::filesystem::path& path) {
  input_file file(path);
  return file.read_rest();
}

std::filesystem::path plain_or_gz(const std::filesystem::path& folder, std::string_view stem) {
  for (const char* ending : {"", ".gz"}) {
    std::filesystem::path path = folder / (std::string(stem) + ending);
    if (std::filesystem::is_regular_file(path)) return path;
  }
  return {};
}

}  // namespace tenon::runtime
