// Long lines of emitted code, cut where a reader would cut them.
#pragma once
#include <string>
#include <vector>

namespace tenon::codegen {

inline constexpr std::size_t line_width = 100;

// One line of C++ as lines of at most `width` characters: cut at spaces after commas, semicolons
// and operators, at the least nesting; what follows the first is indented. A comment at its end
// comes to stand in front. Preprocessor lines, and what cannot be cut, stay as they are.
std::vector<std::string> break_line(const std::string& text, std::size_t width);

// A comment without its slashes, cut at spaces; `indentation` opens the second line and all after
// it.
std::vector<std::string> break_comment(const std::string& text, const std::string& indentation,
                                       std::size_t width);

}  // namespace tenon::codegen
