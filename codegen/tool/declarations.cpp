#include "codegen/tool/declarations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "codegen/tool/failure.hpp"

namespace tenon::tool {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Cuts C++ into words, "::" and single signs. What cannot hold a declaration is skipped.
class scanner {
 public:
  explicit scanner(std::string_view text) : text_(text) {}

  std::vector<std::string_view> tokens() {
    std::vector<std::string_view> found;
    while (skip_blank()) {
      const std::size_t from = at_;
      if (is_word(text_[at_])) {
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
      } else {
        at_ += text_.substr(at_, 2) == "::" ? 2 : 1;
      }
      found.push_back(text_.substr(from, at_ - from));
      line_start_ = false;
    }
    return found;
  }

 private:
  // False at the end of the text.
  bool skip_blank() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_space(c)) {
        line_start_ = line_start_ || c == '\n';
        ++at_;
      } else if (text_.substr(at_, 2) == "//" || (c == '#' && line_start_)) {
        skip_line();
      } else if (text_.substr(at_, 2) == "/*") {
        skip_past("*/", at_ + 2);
      } else if (text_.substr(at_, 2) == "R\"") {
        skip_raw_string();
      } else if (c == '"' || (c == '\'' && !between_digits())) {
        skip_quoted(c);
      } else if (c == '\'') {
        ++at_;
      } else {
        return true;
      }
    }
    return false;
  }

  bool between_digits() const {  // 61'706
    return at_ > 0 && std::isdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }

  void skip_past(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, from);
    at_ = found == text_.npos ? text_.size() : found + end.size();
  }

  void skip_line() {  // a backslash at its end joins the next one
    do {
      skip_past("\n", at_);
    } while (at_ < text_.size() && at_ >= 2 && text_[at_ - 2] == '\\');
    line_start_ = true;
  }

  void skip_raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == text_.npos) {
      at_ = text_.size();
      return;
    }
    skip_past(fmt::format("){}\"", text_.substr(at_ + 2, open - at_ - 2)), open);
  }

  void skip_quoted(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool line_start_ = true;
};

// The namespaces around a place: one entry per open brace, empty where the brace opens something
// else.
class scopes {
 public:
  void open(std::string name) { names_.push_back(std::move(name)); }
  void close() {
    if (!names_.empty()) names_.pop_back();
  }
  std::string qualify(std::string_view name) const {
    std::string whole;
    for (const std::string& scope : names_) {
      if (!scope.empty()) whole += scope + "::";
    }
    return whole + std::string(name);
  }

 private:
  std::vector<std::string> names_;
};

using token_list = std::vector<std::string_view>;

// `namespace a::b {` at position i: its name, and i moved on to the brace. Empty for anything else.
std::string namespace_name(const token_list& tokens, std::size_t& i) {
  std::string name;
  std::size_t end = i + 1;
  while (end < tokens.size() && (tokens[end] == "::" || is_word(tokens[end][0]))) {
    if (tokens[end] != "inline") name += tokens[end];
    ++end;
  }
  if (end == tokens.size() || tokens[end] != "{") return {};
  i = end;
  return name;
}

// Whether `struct NAME final : [public] [[::] tenon ::] network <` stands at position i.
bool declares_network(const token_list& tokens, std::size_t i) {
  const auto is = [&](std::string_view word) {
    return i < tokens.size() && tokens[i] == word && (++i, true);
  };
  if (i > 0 && tokens[i - 1] == ">") return false;  // template <…> struct
  if (!is("struct") || i == tokens.size() || !is_word(tokens[i++][0]) || !is("final") || !is(":"))
    return false;
  is("public");
  is("::");
  if (is("tenon") && !is("::")) return false;
  return is("network") && is("<");
}

}  // namespace

std::vector<declaration> find_networks(std::string_view text) {
  const token_list tokens = scanner(text).tokens();
  std::vector<declaration> found;
  scopes around;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] == "namespace") {
      std::string name = namespace_name(tokens, i);
      if (tokens[i] == "{") around.open(std::move(name));
    } else if (tokens[i] == "{") {
      around.open({});
    } else if (tokens[i] == "}") {
      around.close();
    } else if (declares_network(tokens, i)) {
      found.push_back({around.qualify(tokens[i + 1]), std::string(tokens[i + 1])});
    }
  }
  return found;
}

declaration choose_network(const std::vector<declaration>& found, std::string_view wanted,
                           std::string_view file) {
  if (found.empty()) {
    throw failure(fmt::format(
        "{}: declares no network; write: struct my_network final : tenon::network<…> {{}};", file));
  }
  std::vector<std::string> names;
  for (const declaration& each : found) names.push_back(each.qualified);
  if (wanted.empty()) {
    if (found.size() == 1) return found.front();
    throw failure(fmt::format("{}: declares {} networks ({}); say which: --network {}", file,
                              found.size(), fmt::join(names, ", "), names.front()));
  }
  std::vector<declaration> fitting;
  std::ranges::copy_if(found, std::back_inserter(fitting), [&](const declaration& d) {
    return d.qualified == wanted || d.name == wanted;
  });
  if (fitting.size() == 1) return fitting.front();
  throw failure(fmt::format("{}: --network {} fits {} of its networks; it declares {}", file,
                            wanted, fitting.empty() ? "none" : "several", fmt::join(names, ", ")));
}

}  // namespace tenon::tool
