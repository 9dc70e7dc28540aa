// Compiles and links through a cache: what was made before from the same inputs is not made again.
//
// An object is kept under the hash of its compiler (all predefined macros), its options and its
// source; beside it lies the list of every file that it included, with hashes, and it counts only
// while all of them still agree. The folder may be deleted at any time.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "codegen/tool/compiler.hpp"

namespace tenon::tool {

struct unit {
  std::filesystem::path source;
  std::vector<std::string> options;
};

class workshop {
 public:
  // `note` is told of each piece of work that is really done, a line each; it is called from
  // several threads.
  workshop(compiler chosen, std::filesystem::path folder,
           std::function<void(const std::string&)> note);

  // The same cache and notes with another compiler.
  workshop with(compiler other) const { return {std::move(other), folder_, note_}; }

  const std::filesystem::path& folder() const { return folder_; }
  const compiler& cxx() const { return cxx_; }

  // The object file of a unit. Throws a failure with the compiler's message as details.
  std::filesystem::path object(const unit& source) const;

  // The object files of several, made at the same time, in the same order.
  std::vector<std::filesystem::path> objects(const std::vector<unit>& sources) const;

  // A program from objects, libraries (files and -l options) and options, in this order.
  std::filesystem::path program(const std::vector<std::filesystem::path>& objects,
                                const std::vector<std::string>& libraries,
                                const std::vector<std::string>& options) const;

 private:
  std::filesystem::path compile(const unit& source, const std::filesystem::path& entry) const;

  compiler cxx_;
  std::filesystem::path folder_;
  std::function<void(const std::string&)> note_;
};

// $XDG_CACHE_HOME/tenon, or ~/.cache/tenon. Throws a failure where the environment has neither.
std::filesystem::path cache_folder();

}  // namespace tenon::tool
