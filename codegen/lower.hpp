// From the type of a network to a program. The template only collects the rows and hooks of the
// layers; lower_rows does the work on values.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/hooks.hpp"
#include "codegen/program.hpp"
#include "dsl/modes.hpp"

namespace tenon::codegen {

// A network as values: one row and one set of hooks per layer, in the order of the declaration.
struct declaration {
  std::string_view name;
  std::span<const detail::row> rows;
  std::span<const layer_hooks> hooks;
  verdict result;
};

template <class List>
struct hook_table;
template <class... L>
struct hook_table<detail::layers<L...>> {
  static constexpr layer_hooks hooks[] = {make_hooks<L>()...};
};

// A network that may be wrong: `result` says so. For those who show mistakes.
template <class Network>
declaration unchecked_declaration_of(std::string_view name) {
  return {name, detail::table_of<Network>::rows, hook_table<typename Network::list>::hooks,
          verdict_of<Network>};
}

// Fails to compile, with the sentence that says why, where the network is wrong.
template <class Network>
declaration declaration_of(std::string_view name) {
  static_assert(sizeof(detail::checked<Network>) > 0);
  return unchecked_declaration_of<Network>(name);
}

// One name per row: the kind and a number, counted per kind over the whole declaration, whatever
// becomes of the layers, so names are the same in all modes. Marks have none.
std::vector<std::string> layer_names(std::span<const detail::row> rows);

// As the declaration writes it: "conv2d<6, 5>".
std::string spelled(const detail::row& r);

// The forward program of one mode, before all passes. Without a loss the training program only goes
// forward.
program lower(const declaration& d, mode m, int batch, detail::settling how = {});
// Evaluation of one sample at a time: the same kernels, other layouts and schedules.
program lower_single(const declaration& d, detail::settling how = {});

}  // namespace tenon::codegen
