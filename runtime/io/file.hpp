// Whole files: reading with a known size, transparent gzip, and saving that a crash cannot tear.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/io/error.hpp"

namespace tenon::runtime {

using bytes = std::vector<std::byte>;

// A file opened for reading, plain or gzip by its first bytes. Errors are user_error and name the
// path.
class input_file {
 public:
  explicit input_file(std::filesystem::path path);
  ~input_file();
  input_file(const input_file&) = delete;
  input_file& operator=(const input_file&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Fills `to` or throws: the file ends too early.
  void read(std::span<std::byte> to);
  // All that is left.
  bytes read_rest();
  bool at_end();
  // Throws unless everything has been read.
  void expect_end();
  // The most that can still come: exact for plain files; for gzip what deflate's greatest ratio
  // (1032) allows. A header that announces more is refused before anything is allocated.
  std::uint64_t at_most() const;
  void require(std::uint64_t wanted, std::string_view what) const;

 private:
  user_error damaged() const;

  struct handle;
  std::filesystem::path path_;
  std::unique_ptr<handle> handle_;
  std::uint64_t size_on_disk_ = 0, read_ = 0;
  bool compressed_ = false;
};

// The whole of a plain file.
bytes read_file(const std::filesystem::path& path);

// The whole of a file, plain or gzip, unpacked.
bytes read_unpacked(const std::filesystem::path& path);

// `stem` or `stem.gz` in `folder`, whichever exists; empty if neither does.
std::filesystem::path plain_or_gz(const std::filesystem::path& folder, std::string_view stem);

// What a saved file outlives. Either way a reader finds the old content or the new one, whole.
enum class outlives : std::uint8_t {
  power_loss,  // synced before it is renamed, and the folder after: a few milliseconds
  the_process  // renamed alone: for what can be made again from another file
};

// Afterwards `path` holds the pieces in order; whatever happens before, it holds what it held.
// They are written to `path.tmp`, which is renamed; a kill may leave that file, an error does not.
// Throws user_error with the system's reason.
void save_atomically(const std::filesystem::path& path,
                     std::span<const std::span<const std::byte>> pieces,
                     outlives what = outlives::power_loss);
void save_atomically(const std::filesystem::path& path, std::string_view text,
                     outlives what = outlives::power_loss);

// Removes the `path.tmp` that a killed save_atomically() left.
void remove_unfinished(const std::filesystem::path& path);

}  // namespace tenon::runtime
