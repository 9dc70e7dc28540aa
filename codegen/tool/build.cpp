#include "codegen/tool/build.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "codegen/stale.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/generator.hpp"
#include "codegen/tool/hash.hpp"
#include "codegen/tool/isa.hpp"
#include "codegen/tool/process.hpp"
#include "codegen/tuning.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

using words = std::vector<std::string>;

void append(words& to, const words& more) { to.insert(to.end(), more.begin(), more.end()); }

// Moves a folder of source to the name that its content gives it: a change of the header that
// changes nothing in the source (a comment) compiles nothing again.
fs::path keep_by_content(const fs::path& fresh, const fs::path& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(fresh)) {
    if (file.is_regular_file()) files.push_back(fs::relative(file.path(), fresh).string());
  }
  std::ranges::sort(files);
  hasher content;
  for (const std::string& file : files) content.add(file).add(read_file(fresh / file));
  fs::path kept = folder / content.digest();
  std::error_code already_there;
  fs::rename(fresh, kept, already_there);
  if (already_there) fs::remove_all(fresh);
  return kept;
}

// A file that somebody changed by hand is refused before anything is compiled.
void require_tuning(const fs::path& file) {
  try {
    codegen::read_tuning(read_file(file), file.string());
  } catch (const std::runtime_error& wrong) {
    throw failure(wrong.what());
  }
}

}  // namespace

emitted emit(const request& asked, const installation& place, const workshop& shop) {
  const declaration network = declared_in(asked);
  const fs::path program = generator(asked, network, place, shop);

  // The program's name holds the hash of all that it was made from, so this stands for network and
  // generator.
  words options{"--batch", std::to_string(asked.batch), "--source",
                asked.header.filename().string()};
  if (asked.exact) options.emplace_back("--exact");
  if (asked.standalone) options.emplace_back("--standalone");
  if (asked.embed) options.emplace_back("--embed");
  if (asked.cuda) options.emplace_back("--cuda");
  if (!asked.precision.empty()) append(options, {"--precision", asked.precision});
  for (const std::string& pass : asked.off) append(options, {"--off", pass});
  hasher key;
  key.add(program.string());
  if (!asked.tuned.empty()) {
    require_tuning(asked.tuned);
    append(options, {"--tuned", asked.tuned.string()});
    key.add(hash_of_file(asked.tuned));
  }
  for (const std::string& word : options) key.add(word);
  const fs::path known = shop.folder() / "emitted" / key.digest();
  if (fs::exists(known)) {
    if (fs::path folder = shop.folder() / "networks" / read_file(known); fs::exists(folder)) {
      return {folder, network.name};
    }
  }
  const fs::path temporary = temporary_beside(shop.folder() / "networks" / network.name);
  fs::create_directories(temporary);
  words command{program.string(), "--output", temporary.string()};
  append(command, options);
  const outcome result = run(command);
  if (!result.ok()) {
    fs::remove_all(temporary);
    throw failure(fmt::format("the generator of {} ended with status {}; see above",
                              network.qualified, result.status),
                  result.output, result.status == bad_input ? bad_input : our_bug);
  }
  fs::path folder = keep_by_content(temporary, shop.folder() / "networks");
  write_file(known, folder.filename().string());
  return {std::move(folder), network.name};
}

words source_options(const emitted& source, const request& asked, const installation& place,
                     const compiler& cxx) {
  words options{"-ffp-contract=off", "-I" + source.folder.string()};
  append(options, isa_options(asked.isa));
  append(options, tuning_options(cxx));
  append(options, place.options);
  for (const fs::path& folder : place.core) options.push_back("-I" + folder.string());
  return options;
}

words unit_options(const emitted& source, const installation& place,
                   const std::vector<int>& architectures) {
  words options = cuda_options(architectures, place.options);
  options.push_back("-I" + source.folder.string());
  for (const fs::path& folder : place.core) options.push_back("-I" + folder.string());
  return options;
}

void write_ptx(const emitted& source, const installation& place, const workshop& shop,
               const cuda_build& gpu, const fs::path& folder) {
  for (const int each : gpu.architectures) {
    const fs::path file = folder / fmt::format("{}_compute_{}.ptx", source.name, each);
    words command = cuda_compiler(gpu.with, shop.cxx()).words;
    // One architecture at a time: nvcc writes one file of PTX.
    append(command, {"-std=c++20", "-O3", "--expt-relaxed-constexpr", "-fmad=false", "-ptx",
                     fmt::format("-arch=compute_{}", each), "-I" + source.folder.string()});
    for (const fs::path& core : place.core) command.push_back("-I" + core.string());
    append(command, {"-o", file.string(), (source.folder / (source.name + ".cu")).string()});
    const outcome result = run(command);
    if (!result.ok()) {
      throw compile_failure(
          fmt::format("{}.cu does not compile with {}", source.name, gpu.with.version),
          result.output);
    }
  }
}

fs::path build(const emitted& source, const request& asked, const installation& place,
               const workshop& shop, const fs::path& weights, const cuda_build* gpu) {
  const words options = source_options(source, asked, place, shop.cxx());

  std::vector<unit> units;
  for (const fs::directory_entry& file : fs::directory_iterator(source.folder)) {
    if (file.path().extension() != ".cc") continue;
    const std::string stem = file.path().stem().string();
    if (stem == source.name + "_weights") continue;  // for applications: the program reads a file's
    // The double twin runs a handful of samples in gradient checks: not worth the optimiser's time.
    words with_level{stem == source.name + "_scalar" ? "-O1" : "-O3"};
    append(with_level, options);
    if (stem == source.name + "_defaults") {
      if (weights.empty()) continue;
      append(with_level, {"-fno-lto", "-I" + weights.string()});
    }
    units.push_back({file.path(), std::move(with_level)});
  }
  // The training file takes longest: first. Also, a fixed order gives a fixed program.
  std::ranges::sort(units, std::greater<>(), [](const unit& u) {
    const std::string name = u.source.stem().string();
    return std::pair(name.ends_with("_train"), name);
  });
  std::vector<fs::path> objects = shop.objects(units);
  words libraries = place.executable_libraries;
  if (gpu) {
    const words for_units = unit_options(source, place, gpu->architectures);
    const workshop cuda = shop.with(cuda_compiler(gpu->with, shop.cxx()));
    for (const fs::path& made :
         cuda.objects({{source.folder / (source.name + ".cu"), for_units},
                       {source.folder / (source.name + "_cuda_info.cu"), for_units}}))
      objects.push_back(made);
    append(libraries, cuda_libraries(gpu->with));
  }
  return shop.program(objects, libraries, place.options);
}

int publish(const fs::path& from, const fs::path& to) {
  if (const fs::path manifest = from / "manifest.json"; fs::exists(manifest))
    codegen::remove_stale(to.string(), read_file(manifest));
  int written = 0;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(from)) {
    if (!file.is_regular_file()) continue;
    written += write_file(to / fs::relative(file.path(), from), read_file(file.path())) ? 1 : 0;
  }
  return written;
}

}  // namespace tenon::tool
