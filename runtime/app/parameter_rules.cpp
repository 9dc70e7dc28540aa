// --param and --freeze: what is different for single parameters.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "runtime/app/update_flags.hpp"
#include "runtime/io/error.hpp"
#include "runtime/train/pattern.hpp"

namespace tenon::runtime {
namespace {

double number_in(const std::string& flag, std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && value >= 0) return value;
  throw user_error(fmt::format("--param '{}': '{}' is no number of 0 or more", flag, text));
}

void set_rule(const update_flags& u, const std::string& flag, std::string_view assignment,
              parameter_rule& rule) {
  const std::size_t equals = assignment.find('=');
  const std::string_view key = assignment.substr(0, equals);
  const double value = number_in(
      flag, equals == std::string_view::npos ? std::string_view() : assignment.substr(equals + 1));
  if (key == "lr") {
    if (*u.learning_rate == 0) {
      throw user_error(fmt::format(
          "--param '{}': its rate follows the schedule in proportion to --lr, which is 0", flag));
    }
    rule.rate = static_cast<float>(value / *u.learning_rate);
  } else if (key == "decay") {
    rule.weight_decay = static_cast<float>(value);
  } else if (key == "l1") {
    rule.l1 = static_cast<float>(value);
  } else if (key == "max-norm") {
    rule.max_norm = static_cast<float>(value);
  } else {
    throw user_error(fmt::format(
        "--param '{}': '{}' is not known; there are lr, decay, l1 and max-norm", flag, key));
  }
}

// Calls set(rule) for each parameter that the pattern matches.
template <class F>
void for_matches(const char* flag, const std::string& pattern, const network_info& network,
                 std::vector<parameter_rule>& rules, F set) {
  require_match(flag, pattern, network);
  std::size_t i = 0;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer) continue;
    if (matches(pattern, p.name)) set(rules[i]);
    ++i;
  }
}

void apply(const update_flags& u, const std::string& flag, const network_info& network,
           std::vector<parameter_rule>& rules) {
  const std::size_t colon = flag.rfind(':');
  if (colon == std::string::npos) {
    throw user_error(fmt::format(
        "--param '{}': is not PATTERN:KEY=VALUE, such as 'linear_1.*:lr=0.01,decay=0'", flag));
  }
  for_matches("--param", flag.substr(0, colon), network, rules, [&](parameter_rule& rule) {
    std::string_view rest = std::string_view(flag).substr(colon + 1);
    for (std::size_t comma = 0; comma != std::string_view::npos; rest.remove_prefix(comma + 1)) {
      comma = rest.find(',');
      set_rule(u, flag, rest.substr(0, comma), rule);
      if (comma == std::string_view::npos) break;
    }
  });
}

}  // namespace

std::vector<parameter_rule> to_rules(const update_flags& u, const network_info& network) {
  if (u.frozen.empty() && u.parameters.empty()) return {};
  std::vector<parameter_rule> rules;
  for (const parameter_info& p : network.parameters) {
    if (p.buffer) continue;
    parameter_rule& rule = rules.emplace_back();
    if (!p.decays && !u.decay_all) continue;
    rule.weight_decay = static_cast<float>(u.weight_decay);
    rule.l1 = static_cast<float>(u.l1);
    rule.max_norm = static_cast<float>(u.max_norm);
  }
  for (const std::string& flag : u.parameters) apply(u, flag, network, rules);
  for (const std::string& pattern : u.frozen)
    for_matches("--freeze", pattern, network, rules, [](parameter_rule& r) { r.frozen = true; });
  if (std::ranges::all_of(rules, &parameter_rule::frozen)) {
    throw user_error(fmt::format("--freeze {}: leaves no parameter to train; leave out a pattern",
                                 fmt::join(u.frozen, ",")));
  }
  return rules;
}

}  // namespace tenon::runtime
