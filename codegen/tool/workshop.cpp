#include "codegen/tool/workshop.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "codegen/tool/dependencies.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/hash.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

using words = std::vector<std::string>;

void append(words& to, const words& more) { to.insert(to.end(), more.begin(), more.end()); }

class stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

workshop::workshop(compiler chosen, fs::path folder, std::function<void(const std::string&)> note)
    : cxx_(std::move(chosen)), folder_(std::move(folder)), note_(std::move(note)) {}

fs::path workshop::object(const unit& source) const {
  hasher key;
  key.add("object").add(cxx_.macros).add(source.source.string()).add(read_file(source.source));
  for (const std::string& word : cxx_.words) key.add(word);
  for (const std::string& option : source.options) key.add(option);
  const fs::path entry = folder_ / "objects" / key.digest();

  if (const fs::path known = entry / "inputs"; fs::exists(known)) {
    const std::string inputs = read_file(known);
    fs::path made = entry / (hash_of(inputs) + ".o");
    if (fs::exists(made) && still_true(inputs)) return made;
  }
  return compile(source, entry);
}

// An object's name is the hash of its inputs, so two commands that compile before and after a
// change of some header never pick up each other's result.
fs::path workshop::compile(const unit& source, const fs::path& entry) const {
  fs::create_directories(entry);
  const fs::path object = temporary_beside(entry / "object"),
                 rule = temporary_beside(entry / "rule");
  words command = cxx_.words;
  append(command, {"-std=c++20", "-c"});
  append(command, source.options);
  append(command, {"-MD", "-MF", rule.string(), "-MT", "object", "-o", object.string(),
                   source.source.string()});

  const stopwatch watch;
  const outcome result = run(command);
  if (!result.ok()) {
    fs::remove(rule);  // the object was never made
    throw compile_failure(
        fmt::format("{} does not compile with {}", source.source.filename().string(), cxx_.version),
        result.output);
  }
  note_(fmt::format("{:<24} {:6.1f} s", source.source.filename().string(), watch.seconds()));

  const std::string inputs = fingerprint(read_rule(read_file(rule)));
  fs::path made = entry / (hash_of(inputs) + ".o");
  fs::rename(object, made);
  fs::remove(rule);
  write_file(entry / "inputs", inputs);
  return made;
}

std::vector<fs::path> workshop::objects(const std::vector<unit>& sources) const {
  std::vector<fs::path> made(sources.size());
  in_parallel(sources.size(), [&](std::size_t i) { made[i] = object(sources[i]); });
  return made;
}

fs::path workshop::program(const std::vector<fs::path>& objects, const words& libraries,
                           const words& options) const {
  words command = cxx_.words;
  append(command, options);
  hasher key;
  key.add("program").add(cxx_.macros);
  for (const fs::path& object : objects) {
    command.push_back(object.string());
    key.add(hash_of_file(object));
  }
  append(command, libraries);
  for (const std::string& word : command) key.add(word);
  for (const std::string& file : libraries) {
    if (!file.starts_with("-")) key.add(hash_of_file(file));
  }

  fs::path made = folder_ / "programs" / key.digest();
  if (fs::exists(made)) return made;
  fs::create_directories(made.parent_path());
  const fs::path temporary = temporary_beside(made);
  append(command, {"-o", temporary.string()});
  const outcome result = run(command);
  if (!result.ok()) {
    throw failure(
        fmt::format("linking with {} failed; was Tenon built by a compiler of another kind?",
                    cxx_.version),
        result.output);
  }
  fs::rename(temporary, made);
  return made;
}

fs::path cache_folder() {
  const auto variable = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value == nullptr ? fs::path() : fs::path(value);
  };
  if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute())
    return cache / "tenon";
  if (const fs::path home = variable("HOME"); home.is_absolute()) return home / ".cache" / "tenon";
  throw failure("found no folder for the cache: set HOME or XDG_CACHE_HOME to an absolute path");
}

}  // namespace tenon::tool
