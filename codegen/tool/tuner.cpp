#include "codegen/tool/tuner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "codegen/tool/failure.hpp"
#include "codegen/tool/files.hpp"
#include "codegen/tool/process.hpp"

namespace tenon::tool {
namespace {

namespace fs = std::filesystem;

std::vector<tunable> read_tunables(const std::string& json) {
  std::vector<tunable> kernels;
  std::map<std::string, std::size_t> by_key;
  for (const auto& each : nlohmann::json::parse(json)) {
    const std::string key = each.at("key");
    const auto [at, fresh] = by_key.emplace(key, kernels.size());
    if (fresh) kernels.push_back({.key = key, .names = {}, .tiles = each.at("tiles")});
    kernels[at->second].names.push_back(fmt::format("{} {}", each.at("mode").get<std::string>(),
                                                    each.at("kernel").get<std::string>()));
  }
  return kernels;
}

const std::string& tile_of(const tunable& kernel, std::size_t candidate) {
  return kernel.tiles[std::min(candidate, kernel.tiles.size() - 1)];
}

fs::path program_of(std::size_t candidate, const std::vector<tunable>& kernels, request asked,
                    const installation& place, const workshop& shop) {
  std::string lines;
  for (const tunable& k : kernels) lines += fmt::format("{} {}\n", k.key, tile_of(k, candidate));
  const fs::path file = temporary_beside(shop.folder() / "tuning");
  write_file(file, lines);
  asked.tuned = file;
  fs::path program;
  try {
    program = build(emit(asked, place, shop), asked, place, shop);
  } catch (...) {
    fs::remove(file);
    throw;
  }
  fs::remove(file);
  return program;
}

// "train conv2d_3" -> microseconds of a call.
std::map<std::string, double> time_kernels(const fs::path& program, bool trains,
                                           const request& asked, double seconds) {
  std::vector<std::string> command{program.string(), "bench", "--json", "--threads", "1"};
  command.insert(command.end(), {"--batch", std::to_string(asked.batch)});
  command.insert(command.end(), {"--seconds", std::to_string(seconds)});
  if (!trains) command.insert(command.end(), {"--mode", "eval"});
  const outcome timed = run(command);
  if (!timed.ok())
    throw failure("a program with candidate tiles does not run", timed.output, our_bug);
  std::map<std::string, double> times;
  std::istringstream lines(timed.output);
  for (std::string line; std::getline(lines, line);) {
    const auto mode = nlohmann::json::parse(line);
    for (const auto& k : mode.at("kernels"))
      times[fmt::format("{} {}", mode.at("mode").get<std::string>(),
                        k.at("name").get<std::string>())] = k.at("median_us");
  }
  return times;
}

double total(const tunable& kernel, const std::map<std::string, double>& times) {
  double sum = 0;
  for (const std::string& name : kernel.names) {
    if (const auto found = times.find(name); found != times.end()) sum += found->second;
  }
  return sum;
}

}  // namespace

std::vector<tunable> tune(const request& asked, const installation& place, const workshop& shop,
                          const tuning_plan& plan) {
  const fs::path maker = generator(asked, declared_in(asked), place, shop);
  std::vector<tunable> kernels = read_tunables(ask(maker, asked, {"schedules"}));
  if (kernels.empty())
    throw failure(
        fmt::format("{}: the network has no kernel with a choice of tiles", asked.header.string()));
  std::size_t candidates = 1;
  bool trains = false;
  for (tunable& k : kernels) {
    k.tiles.resize(std::min(k.tiles.size(), static_cast<std::size_t>(plan.candidates)));
    k.microseconds.assign(k.tiles.size(), std::numeric_limits<double>::infinity());
    candidates = std::max(candidates, k.tiles.size());
    trains = trains || std::ranges::any_of(k.names, [](const std::string& name) {
               return name.starts_with("train ");
             });
  }
  std::vector<fs::path> programs;
  for (std::size_t c = 0; c < candidates; ++c)
    programs.push_back(program_of(c, kernels, asked, place, shop));
  for (int turn = 0; turn < plan.turns; ++turn) {
    for (std::size_t c = 0; c < candidates; ++c) {
      const auto times = time_kernels(programs[c], trains, asked, plan.seconds);
      for (tunable& k : kernels) {
        if (c < k.tiles.size()) k.microseconds[c] = std::min(k.microseconds[c], total(k, times));
      }
    }
  }
  return kernels;
}

std::size_t best_of(const tunable& kernel) {
  constexpr double noise = 0.02;
  const auto least = std::ranges::min_element(kernel.microseconds);
  return *least < (1 - noise) * kernel.microseconds[0]
             ? static_cast<std::size_t>(least - kernel.microseconds.begin())
             : 0;
}

std::string tuning_text(const std::vector<tunable>& kernels, const std::string& heading) {
  std::string text = fmt::format(
      "# {}\n# Kernel, rows x columns of its tile, what the outer loop goes over; microseconds "
      "with "
      "the\n# model's tile and with this one.\n",
      heading);
  for (const tunable& k : kernels) {
    const std::size_t best = best_of(k);
    text += fmt::format("{} {:<13} # {}: {:.2f} -> {:.2f}\n", k.key, k.tiles[best],
                        fmt::join(k.names, ", "), k.microseconds[0], k.microseconds[best]);
  }
  return text;
}

}  // namespace tenon::tool
