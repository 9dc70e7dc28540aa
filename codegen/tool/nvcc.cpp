#include "codegen/tool/nvcc.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

using words = std::vector<std::string>;

constexpr int oldest = 12;           // earlier ones know no C++20
constexpr std::array usual{80, 90};  // A100 and H100 with their kin
constexpr const char* standard_prefix = "/usr/local/cuda";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The file that a name without a folder stands for.
std::optional<fs::path> in_path(const std::string& name) {
  std::istringstream folders(variable("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::error_code ignored;
    if (const fs::path file = fs::path(folder) / name; fs::is_regular_file(file, ignored))
      return file;
  }
  return std::nullopt;
}

// "…, release 13.0, V13.0.88" gives 13.0.
std::string release_in(const std::string& text) {
  constexpr std::string_view before = "release ";
  const std::size_t at = text.find(before);
  if (at == text.npos) return {};
  const std::size_t begin = at + before.size();
  return text.substr(begin, text.find_first_not_of("0123456789.", begin) - begin);
}

// "compute_80\ncompute_90\n"
std::vector<int> architectures_in(const std::string& text) {
  constexpr std::string_view before = "compute_";
  std::vector<int> all;
  for (std::size_t at = text.find(before); at != text.npos; at = text.find(before, at + 1))
    all.push_back(std::atoi(text.c_str() + at + before.size()));
  std::ranges::sort(all);
  return all;
}

std::optional<nvcc> probe(const std::string& program) {
  const std::optional<fs::path> file =
      program.find('/') == program.npos ? in_path(program) : fs::path(program);
  std::error_code ignored;
  if (!file || !fs::is_regular_file(*file, ignored)) return std::nullopt;
  const outcome said = run({file->string(), "--version"});
  const std::string release = release_in(said.output);
  if (!said.ok() || release.empty()) return std::nullopt;
  if (std::atoi(release.c_str()) < oldest) {
    throw failure(fmt::format("{} is of CUDA {}; Tenon needs {}.0 or newer: set CUDACXX or --nvcc",
                              file->string(), release, oldest));
  }
  return nvcc{*file, "nvcc " + release,
              architectures_in(run({file->string(), "--list-gpu-arch"}).output)};
}

nvcc named(const std::string& how, const std::string& program) {
  if (auto found = probe(program)) return *found;
  throw failure(fmt::format("{} {}: does not run as nvcc here; name the nvcc of a CUDA toolkit",
                            how, program));
}

}  // namespace

nvcc find_nvcc(const std::string& asked) {
  if (!asked.empty()) return named("--nvcc", asked);
  if (const std::string set = variable("CUDACXX"); !set.empty()) return named("CUDACXX", set);
  const std::string path = variable("CUDA_PATH");
  const fs::path prefix = path.empty() ? standard_prefix : path;
  const words candidates{"nvcc", (prefix / "bin" / "nvcc").string()};
  for (const std::string& candidate : candidates) {
    if (auto found = probe(candidate)) return *found;
  }
  throw failure(
      fmt::format("--device cuda: found no nvcc (tried {}); install the CUDA toolkit, or name its "
                  "compiler with "
                  "--nvcc or CUDACXX; without it, tenon emit --cuda writes the source",
                  fmt::join(candidates, ", ")));
}

std::vector<int> cuda_architectures(const nvcc& with, const std::string& list) {
  const auto known = [&](int each) { return std::ranges::count(with.architectures, each) != 0; };
  std::vector<int> wanted;
  if (list.empty()) std::ranges::copy_if(usual, std::back_inserter(wanted), known);
  if (list.empty() && wanted.empty()) wanted.push_back(with.architectures.back());
  std::istringstream from(list);
  for (std::string word; std::getline(from, word, ',');) {
    int each = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), each);
    if (read.ec != std::errc() || read.ptr != word.data() + word.size() || !known(each)) {
      throw failure(fmt::format(
          "--cuda-arch {}: {} has no architecture '{}'; give a list of: {} (90 is compute "
          "capability 9.0)",
          list, with.version, word, fmt::join(with.architectures, ", ")));
    }
    wanted.push_back(each);
  }
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

compiler cuda_compiler(const nvcc& with, const compiler& cxx) {
  compiler both{.words = {with.program.string(), "-ccbin", cxx.words.front()},
                .is_clang = cxx.is_clang,
                .version = with.version,
                .macros = with.version + '\n' + cxx.macros};
  for (std::size_t i = 1; i < cxx.words.size(); ++i)
    both.words.insert(both.words.end(), {"-Xcompiler", cxx.words[i]});
  return both;
}

words cuda_options(const std::vector<int>& architectures, const words& host) {
  // Contraction is off as on the CPU: emitted kernels say fmaf themselves.
  words options{"-O3", "--expt-relaxed-constexpr", "-fmad=false", "-Xcompiler",
                "-ffp-contract=off"};
  for (const int each : architectures)
    options.insert(options.end(), {"-gencode", fmt::format("arch=compute_{0},code=sm_{0}", each)});
  options.insert(options.end(), {"-gencode", fmt::format("arch=compute_{0},code=compute_{0}",
                                                         architectures.back())});
  for (const std::string& option : host) options.insert(options.end(), {"-Xcompiler", option});
  return options;
}

words cuda_libraries(const nvcc& with) {
  words libraries;
  std::error_code failed;
  const fs::path prefix = fs::canonical(with.program, failed).parent_path().parent_path();
  // Where a distribution packs the toolkit, the linker looks by itself.
  for (const char* folder :
       {"lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib"}) {
    if (!failed && fs::exists(prefix / folder / "libcudart_static.a", failed)) {
      libraries.push_back("-L" + (prefix / folder).string());
      break;
    }
  }
  libraries.insert(libraries.end(), {"-lcudart_static", "-ldl", "-lrt", "-pthread"});
  return libraries;
}

}  // namespace tenon::tool
