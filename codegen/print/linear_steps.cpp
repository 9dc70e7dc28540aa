#include "codegen/print/linear_steps.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tenon::codegen {
namespace {

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }
bool none(double a) { return near(a, 0); }

struct term {
  double factor = 0;
  std::string of;
};

class product_printer {
 public:
  product_printer(writer& w, const matrix& m, std::vector<std::string> x, bool vectors)
      : w_(w), x_(std::move(x)), vectors_(vectors) {
    for (int r = 0; r < m.rows; ++r) {
      rows_.emplace_back();
      for (int c = 0; c < m.columns; ++c) rows_.back().push_back(m.at(r, c));
    }
    texts_.resize(rows_.size());
  }

  std::vector<std::string> print() {
    pair_columns();
    pair_rows();
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (texts_[r].empty()) texts_[r] = sum(terms_of(rows_[r]));
    }
    return texts_;
  }

 private:
  // Two columns that differ in signs alone become their sum and their difference.
  void pair_columns() {
    const std::size_t columns = x_.size();
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t d = c + 1; d < columns; ++d) {
        bool fits = true, equal = false, opposite = false;
        for (const std::vector<double>& row : rows_) {
          fits = fits && near(std::abs(row[c]), std::abs(row[d]));
          equal = equal || (!none(row[c]) && near(row[c], row[d]));
          opposite = opposite || (!none(row[c]) && near(row[c], -row[d]));
        }
        if (fits && equal && opposite) replace_columns(c, d);
      }
    }
  }
  void replace_columns(std::size_t c, std::size_t d) {
    x_.push_back(named("even", sum({{1, x_[c]}, {1, x_[d]}})));
    x_.push_back(named("odd", sum({{1, x_[c]}, {-1, x_[d]}})));
    for (std::vector<double>& row : rows_) {
      const bool even = near(row[c], row[d]);
      row.push_back(even ? row[c] : 0), row.push_back(even ? 0 : row[c]);
      row[c] = row[d] = 0;
    }
  }

  // Two rows that differ in signs alone are the sum and the difference of two parts.
  void pair_rows() {
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t s = r + 1; s < rows_.size() && texts_[r].empty(); ++s) {
        std::vector<double> even(x_.size()), odd(x_.size());
        bool fits = texts_[s].empty();
        for (std::size_t c = 0; c < x_.size(); ++c) {
          fits = fits && near(std::abs(rows_[r][c]), std::abs(rows_[s][c]));
          (near(rows_[r][c], rows_[s][c]) ? even : odd)[c] = rows_[r][c];
        }
        const bool split = !terms_of(even).empty() && !terms_of(odd).empty();
        if (!fits || !split) continue;
        const term a = part("even", even), b = part("odd", odd);
        texts_[r] = sum({a, b}), texts_[s] = sum({a, {-b.factor, b.of}});
      }
    }
  }

  std::vector<term> terms_of(const std::vector<double>& row) const {
    std::vector<term> terms;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!none(row[c])) terms.push_back({row[c], x_[c]});
    }
    return terms;
  }

  // A sum with a name, scaled so that one of its numbers is 1; the scale stays outside.
  term part(const char* name, const std::vector<double>& row) {
    std::vector<term> terms = terms_of(row);
    if (terms.size() == 1) return terms[0];
    const bool unit = std::any_of(terms.begin(), terms.end(),
                                  [](const term& t) { return near(std::abs(t.factor), 1); });
    const double scale = unit ? 1 : terms.back().factor;
    for (term& t : terms) t.factor /= scale;
    return {scale, named(name, sum(terms))};
  }
  std::string named(const char* name, const std::string& text) {
    const std::string variable = fmt::format("{}{}", name, (*name == 'e' ? evens_ : odds_)++);
    w_.line("const {} {} = {};", vectors_ ? "V" : "float", variable, text);
    return variable;
  }

  std::string sum(std::vector<term> terms) const {
    if (terms.empty()) return vectors_ ? "hn::Zero(d)" : "0.0f";
    const auto first = [&](auto fits) { return std::find_if(terms.begin(), terms.end(), fits); };
    auto base = first([](const term& t) { return near(t.factor, 1); });
    if (base == terms.end()) base = first([](const term& t) { return t.factor > 0; });
    if (base == terms.end()) base = terms.begin();
    std::rotate(terms.begin(), base, base + 1);
    std::string text = scaled(terms[0]);
    for (std::size_t i = 1; i < terms.size(); ++i) text = added(text, terms[i]);
    return text;
  }
  std::string number(double v) const {
    return vectors_ ? fmt::format("hn::Set(d, {})", float_literal(v)) : float_literal(v);
  }
  std::string scaled(const term& t) const {
    if (near(t.factor, 1)) return t.of;
    if (near(t.factor, -1)) return (vectors_ ? "hn::Neg(" + t.of + ")" : "-" + t.of);
    return fmt::format(fmt::runtime(vectors_ ? "hn::Mul({}, {})" : "{} * {}"), number(t.factor),
                       t.of);
  }
  std::string added(const std::string& to, const term& t) const {
    const bool plain = near(std::abs(t.factor), 1), plus = t.factor > 0;
    const std::string factor = number(std::abs(t.factor));
    if (!vectors_)
      return fmt::format("{} {} {}{}", to, plus ? "+" : "-", plain ? "" : factor + " * ", t.of);
    if (plain) return fmt::format("hn::{}({}, {})", plus ? "Add" : "Sub", to, t.of);
    return fmt::format("hn::{}({}, {}, {})", plus ? "MulAdd" : "NegMulAdd", factor, t.of, to);
  }

  writer& w_;
  std::vector<std::vector<double>> rows_;
  std::vector<std::string> x_, texts_;
  bool vectors_;
  int evens_ = 0, odds_ = 0;
};

}  // namespace

std::vector<std::string> print_product(writer& w, const matrix& m,
                                       const std::vector<std::string>& x, bool vectors) {
  return product_printer(w, m, x, vectors).print();
}

}  // namespace tenon::codegen
