// The sections of the page about a network. Each gives HTML; nothing in it comes from elsewhere
// than from its arguments.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tenon::tool {

// `network` is what the generator describes; see codegen/show/description.cpp.
std::string layers_section(const nlohmann::json& network);

// Of one mode: how the arena is divided, and which tensor lies where from which kernel to which.
std::string memory_section(const nlohmann::json& network, const std::string& mode);

// `measured`: the lines of `EXE bench --json`, one per mode.
std::string kernels_section(const std::vector<nlohmann::json>& measured);

// Reads them. Throws a failure where a line is not such a measurement, or one of another network.
std::vector<nlohmann::json> read_measurements(const std::string& lines, const std::string& origin,
                                              const nlohmann::json& network);

// The curves and the last epoch of a run's folder. Throws a failure where it holds no finished
// epoch.
std::string run_section(const std::filesystem::path& folder);

// The page. `run`, `measured`: what there is of them.
std::string page(const nlohmann::json& network, const std::vector<nlohmann::json>& measured,
                 const std::vector<std::filesystem::path>& runs);

}  // namespace tenon::tool
