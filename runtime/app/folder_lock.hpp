// One process at a time writes to a run folder.
#pragma once
#include <filesystem>

namespace tenon::runtime {

// Holds the folder, which must exist, from construction to destruction, by a lock on its file
// `.lock`. The system lets go of the lock when the process ends, however it ends; the file is
// removed where that can still be done.
class folder_lock {
 public:
  // Throws user_error if another process holds the folder (naming its number), or if it cannot be
  // written to.
  explicit folder_lock(const std::filesystem::path& folder);
  ~folder_lock();
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace tenon::runtime
