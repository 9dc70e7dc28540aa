#include "runtime/io/npy_header.hpp"

#include <charconv>

namespace tenon::runtime {
namespace {

// A reader of the few Python literals that NumPy writes: strings, True and False, tuples of
// integers.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  bool accept(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) throw "expected '" + std::string(token) + "' in its header";
  }
  std::string string() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"')
      throw std::string("expected a string in its header (structured types are not read)");
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) throw std::string("a string in its header does not end");
    std::string value(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return value;
  }
  bool boolean() {
    if (accept("True")) return true;
    expect("False");
    return false;
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> values;
    expect("(");
    while (!accept(")")) {
      values.push_back(integer());
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    return values;
  }
  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  std::size_t integer() {
    skip_blanks();
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failed != std::errc()) throw std::string("a dimension in its header is not a number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  std::string_view rest_;
};

}  // namespace

npy_fields parse_npy_header(std::string_view text) {
  reader r(text);
  npy_fields fields;
  bool descr = false, order = false, shape = false;
  r.expect("{");
  while (!r.accept("}")) {
    const std::string key = r.string();
    r.expect(":");
    if (key == "descr" && !descr) {
      fields.descr = r.string();
      descr = true;
    } else if (key == "fortran_order" && !order) {
      fields.fortran_order = r.boolean();
      order = true;
    } else if (key == "shape" && !shape) {
      fields.shape = r.tuple();
      shape = true;
    } else {
      throw "unknown or doubled key '" + key + "' in its header";
    }
    if (!r.accept(",")) {
      r.expect("}");
      break;
    }
  }
  if (!r.at_end()) throw std::string("text after the dictionary in its header");
  if (!descr || !order || !shape)
    throw std::string("its header lacks descr, fortran_order or shape");
  return fields;
}

}  // namespace tenon::runtime
