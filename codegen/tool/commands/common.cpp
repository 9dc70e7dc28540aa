#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <mutex>

#include "codegen/tool/commands/commands.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/isa.hpp"

namespace tenon::tool {

void add_network_options(CLI::App& command, arguments& given) {
  command.add_option("header", given.asked.header, "the header that declares the network")
      ->required();
  command.add_option("--network", given.asked.network,
                     "which network, where the header declares several");
  command
      .add_option("--batch", given.asked.batch,
                  "capacity: the most samples of a training step [64]")
      ->check(CLI::Range(1, 1 << 20));
  command.add_option("-I,--include", given.asked.includes,
                     "a folder where the header's own includes lie");
  command.add_flag(
      "--exact", given.asked.exact,
      "nothing that rounds more than plain sums do: convolutions without Winograd's transforms");
  command
      .add_option("--tuned", given.asked.tuned,
                  "a file of tenon tune: tiles that were measured on a machine")
      ->check(CLI::ExistingFile);
  command.add_flag("-q,--quiet", given.quiet, "say nothing but errors");
}

void add_isa_option(CLI::App& command, arguments& given) {
  command.add_option(
      "--isa", given.asked.isa,
      "native [default], dynamic, baseline (what the compiler takes by itself), or a list of "
      "Highway targets such as avx2,avx3");
}

void add_source_options(CLI::App& command, arguments& given) {
  command.add_flag("--standalone", given.asked.standalone,
                   "source that needs Highway alone: it carries what it includes of Tenon");
}

CLI::Option* add_precision_option(CLI::App& command, arguments& given) {
  return command
      .add_option("--precision", given.asked.precision,
                  "of products on a GPU: float32 [default], or tf32 or bf16 on tensor cores; sums "
                  "stay float32")
      ->check(CLI::IsMember({"float32", "tf32", "bf16"}));
}

void add_embed_option(CLI::App& command, arguments& given, std::string& weights) {
  const auto take = [&](const std::string& file) { given.asked.embed = true, weights = file; };
  command.add_option_function<std::string>(
      "--embed", take, "a safetensors file whose weights are compiled in, for serving");
}

bench set_up(const arguments& given) {
  const auto note = [quiet = given.quiet](const std::string& line) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    if (!quiet) fmt::print(stderr, "  {}\n", line);
  };
  installation place = find_installation();
  compiler cxx = find_compiler(place, isa_options(given.asked.isa));
  const std::filesystem::path cache = cache_folder();
  require_writable_folder(cache, "the cache (XDG_CACHE_HOME)");
  workshop shop(std::move(cxx), cache, note);
  return {std::move(place), std::move(shop)};
}

}  // namespace tenon::tool
