#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/weights.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

struct build_arguments : arguments {
  std::string output, keep, weights;
  std::string device = "cpu", nvcc, architectures;
};

// What --device asks for, looked for before anything is compiled.
std::optional<cuda_build> gpu_of(const build_arguments& given) {
  if (given.device == "cuda") {
    nvcc with = find_nvcc(given.nvcc);
    std::vector<int> architectures = cuda_architectures(with, given.architectures);
    return cuda_build{std::move(with), std::move(architectures)};
  }
  const auto* const unused = !given.architectures.empty()     ? "--cuda-arch"
                             : !given.nvcc.empty()            ? "--nvcc"
                             : !given.asked.precision.empty() ? "--precision"
                                                              : nullptr;
  if (unused) {
    throw failure(
        fmt::format("{}: compiles for a GPU, and --device is cpu; add --device cuda", unused));
  }
  return std::nullopt;
}

int run_build(const build_arguments& given) {
  require_writable_file(given.output, "-o");
  if (!given.keep.empty()) require_writable_folder(given.keep, "--keep");
  const std::optional<cuda_build> gpu = gpu_of(given);
  const cuda_build* const with = gpu ? &*gpu : nullptr;
  const bench at = set_up(given);
  request asked = given.asked;
  asked.cuda = gpu.has_value();
  const emitted source = emit(asked, at.place, at.shop);
  if (!given.keep.empty()) publish(source.folder, given.keep);
  if (!given.keep.empty() && with) write_ptx(source, at.place, at.shop, *with, given.keep);
  fs::path weights;
  if (asked.embed) weights = prepare_weights(given.weights, source, asked, at.place, at.shop);
  copy_program(build(source, asked, at.place, at.shop, weights, with), given.output);
  if (!given.quiet) {
    const std::string for_gpu =
        gpu ? fmt::format(", {} for {}", gpu->with.version, fmt::join(gpu->architectures, ", "))
            : "";
    fmt::print("{}: {} (batch {}, {}, {}{})\n", source.name, given.output, asked.batch, asked.isa,
               at.shop.cxx().version, for_gpu);
  }
  return done;
}

}  // namespace

void add_build(CLI::App& app, int& status) {
  const auto given = std::make_shared<build_arguments>();
  CLI::App& command = add_command(
      app, status, "build", "make a program that trains, evaluates and predicts", given, run_build);
  add_network_options(command, *given);
  add_isa_option(command, *given);
  add_source_options(command, *given);
  add_embed_option(command, *given, given->weights);
  command.add_option("-o,--output", given->output, "the program")->required();
  command.add_option("--keep", given->keep,
                     "also write the source into this folder, and with --device cuda the PTX");
  command
      .add_option("--device", given->device,
                  "cpu [default], or cuda: the program runs on GPUs too (EXE train --device cuda)")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  add_precision_option(command, *given);
  command.add_option("--cuda-arch", given->architectures,
                     "compute capabilities to compile for [80,90]; newer GPUs run the last one's "
                     "PTX");
  command.add_option("--nvcc", given->nvcc,
                     "the CUDA compiler (default: CUDACXX, else nvcc of PATH or of the toolkit)");
  command.footer(
      "Examples: tenon build lenet.hpp -o lenet --keep generated --isa dynamic\n"
      "          tenon build lenet.hpp -o lenet --device cuda --cuda-arch 90");
}

}  // namespace tenon::tool
