// Owns indentation, braces and the length of lines, so that what prints code looks like the code it
// prints.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::codegen {

struct placeholder {
  std::string_view name;
  std::string value;
};

class writer {
 public:
  // Longer than 100 columns: several lines, see break_line().
  void line(const std::string& text);
  template <class... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) requires(sizeof...(Args) > 0) {
    line(fmt::format(text, std::forward<Args>(args)...));
  }
  template <class F>
  void block(const std::string& head, F body, const std::string& tail = {}) {
    line(head.empty() ? "{" : head + " {");
    ++depth_;
    body();
    --depth_;
    line("}" + tail);
  }
  // Several lines as they will read, from a raw string that begins with a line break; ${name}
  // stands for a value. Throws internal_bug for a name without one.
  void text(std::string_view lines, const std::vector<placeholder>& values);

  // What another writer wrote, as it is.
  void finished(const std::string& text) { out_ += text; }

  const std::string& text() const { return out_; }
  int depth() const { return depth_; }
  void indent(int by) { depth_ += by; }

 private:
  std::string out_;
  int depth_ = 0;
};

// A comment of any length, broken at spaces so that lines keep within 100 columns; what follows the
// first is indented.
void comment(writer& w, const std::string& text);
// The same as a paragraph, without indentation.
void paragraph(writer& w, const std::string& text);

// A literal of the shortest decimal form that reads back as the same float ("0.1f", "1.0f");
// infinities by name.
std::string float_literal(double v);
std::string double_literal(double v);

}  // namespace tenon::codegen
