#include "codegen/run_scalar.hpp"

#include <cmath>
#include <limits>
#include <unordered_map>

#include "runtime/core/random.hpp"  // uniform

namespace tenon::codegen {
namespace {

// A kernel's expression as a list of instructions, arguments first.
struct instruction {
  op kind;
  double number = 0;
  int tensor = -1, stream = 0;
  std::vector<affine> index;
  const std::vector<double>* numbers = nullptr;  // table
  int a = -1, b = -1, c = -1;
};

struct code {
  std::vector<instruction> list;

  static code of(const expr& root,
                 const node* stop) {  // `stop`: the reduction, whose value comes from outside
    code out;
    std::unordered_map<const node*, int> at;
    const std::function<int(const expr&)> add = [&](const expr& e) -> int {
      if (auto known = at.find(e.get()); known != at.end()) return known->second;
      instruction i{.kind = e->kind,
                    .number = e->number,
                    .tensor = e->tensor,
                    .stream = e->stream,
                    .index = e->index,
                    .numbers = &e->numbers};
      if (e.get() != stop) {
        int* const slots[] = {&i.a, &i.b, &i.c};
        for (std::size_t k = 0; k < e->args.size(); ++k) *slots[k] = add(e->args[k]);
      }
      out.list.push_back(std::move(i));
      return at[e.get()] = static_cast<int>(out.list.size()) - 1;
    };
    add(root);
    return out;
  }
};

struct runner {
  const program& p;
  scalar_state& s;
  std::size_t n;
  std::uint64_t seed, step;
  std::size_t sample = 0;
  std::vector<int> axes;  // current position
  double reduced = 0;     // value of the reduction
  std::vector<double> slots;

  long value_of(const affine& a) const {
    long v = a.constant;
    for (const affine::term& t : a.terms)
      v += long{t.coefficient} * axes[static_cast<std::size_t>(t.axis)];
    return v;
  }

  double read(const instruction& i) const {
    const tensor& t = p.of(i.tensor);
    std::size_t at = t.where == home::sample ? sample : 0;
    for (int d = 0; d < t.shape.rank; ++d) {
      const long v = value_of(i.index[static_cast<std::size_t>(d)]);
      if (v < 0 || v >= t.shape[d]) return i.number;
      at = at * static_cast<std::size_t>(t.shape[d]) + static_cast<std::size_t>(v);
    }
    return s.of(i.tensor)[at];
  }

  double value_of(const instruction& i, const double* v) const {
    const auto a = [&] { return v[i.a]; };
    const auto b = [&] { return v[i.b]; };
    switch (i.kind) {
      case op::constant:
        return i.number;
      case op::read:
        return read(i);
      case op::position:
        return static_cast<double>(value_of(i.index[0]));
      case op::batch_size:
        return static_cast<double>(n);
      case op::uniform:
        return tenon::uniform(seed, static_cast<std::uint32_t>(i.stream),
                              static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(sample),
                              static_cast<std::uint32_t>(value_of(i.index[0])));
      case op::draw:
        return tenon::uniform(seed, static_cast<std::uint32_t>(i.stream),
                              static_cast<std::uint32_t>(step), of_the_step,
                              static_cast<std::uint32_t>(value_of(i.index[0])));
      case op::table:
        return i.numbers->at(static_cast<std::size_t>(value_of(i.index[0])));
      case op::live:
        return a();  // only live samples are run here
      case op::add:
        return a() + b();
      case op::subtract:
        return a() - b();
      case op::multiply:
        return a() * b();
      case op::divide:
        return a() / b();
      case op::negate:
        return -a();
      case op::maximum_of:
        return a() > b() ? a() : b();
      case op::minimum_of:
        return a() < b() ? a() : b();
      case op::exp:
        return std::exp(a());
      case op::log:
        return std::log(a());
      case op::tanh:
        return std::tanh(a());
      case op::sigmoid:
        return 1 / (1 + std::exp(-a()));
      case op::erf:
        return std::erf(a());
      case op::sqrt:
        return std::sqrt(a());
      case op::greater:
        return a() > b() ? 1 : 0;
      case op::equal:
        return a() == b() ? 1 : 0;
      case op::select:
        return v[i.a] != 0 ? v[i.b] : v[i.c];
      case op::sum:
      case op::maximum:
      case op::first_maximum:
        return reduced;
    }
    return 0;
  }

  double run(const code& c) {
    if (slots.size() < c.list.size()) slots.resize(c.list.size());
    for (std::size_t i = 0; i < c.list.size(); ++i) slots[i] = value_of(c.list[i], slots.data());
    return slots[c.list.size() - 1];
  }

  // Next setting of the axes in [first, last); false when they are all back at 0.
  bool advance(const std::vector<int>& extents, std::size_t first, std::size_t last) {
    for (std::size_t i = last; i-- > first;) {
      if (++axes[i] < extents[i]) return true;
      axes[i] = 0;
    }
    return false;
  }

  double reduce(const kernel& k, const node& r, const code& body) {
    double total = r.kind == op::sum ? 0 : -std::numeric_limits<double>::infinity();
    double best = 0, position = 0;
    bool any = false;
    for (std::size_t i = static_cast<std::size_t>(k.outer); i < k.extents.size(); ++i) {
      if (k.extents[i] == 0) return total;
    }
    do {
      const double v = run(body);
      if (r.kind == op::sum) {
        total += v;
      } else if (!any || v > total) {
        total = v, best = position, any = true;
      }
      ++position;
    } while (advance(k.extents, static_cast<std::size_t>(k.outer), k.extents.size()));
    return r.kind == op::first_maximum ? best : total;
  }

  void run(const kernel& k) {
    const node* r = find_reduction(k.value);
    const code whole = code::of(k.value, r);
    const code body = r ? code::of(r->args[0], nullptr) : code{};
    const tensor& out = p.of(k.out);
    std::vector<double>& to = s.of(k.out);
    home inner = out.where;  // a sample tensor is written for every sample, whatever it reads
    for_each_read(k.value, [&](const node& x) { inner = std::max(inner, p.of(x.tensor).where); });
    for (const node* x : in_order(k.value)) {
      if (x->kind == op::uniform || x->kind == op::live) inner = home::sample;
    }
    const std::size_t samples = inner == home::sample ? n : 1;
    axes.assign(k.extents.size(), 0);
    do {
      std::size_t element = 0;
      for (int d = 0; d < out.shape.rank; ++d)
        element = element * static_cast<std::size_t>(out.shape[d]) +
                  static_cast<std::size_t>(value_of(k.at[static_cast<std::size_t>(d)]));
      double sum = 0;
      for (sample = 0; sample < samples; ++sample) {
        if (r) reduced = reduce(k, *r, body);
        const double v = run(whole);
        if (out.where == home::sample) {
          double& place = to[sample * static_cast<std::size_t>(out.shape.count()) + element];
          place = k.accumulate ? place + v : v;
        } else {
          sum += v;
        }
      }
      if (out.where != home::sample) to[element] = k.accumulate ? to[element] + sum : sum;
    } while (advance(k.extents, 0, static_cast<std::size_t>(k.outer)));
  }
};

}  // namespace

scalar_state make_state(const program& p, std::size_t n) {
  scalar_state s;
  for (const tensor& t : p.tensors)
    s.values.emplace_back(static_cast<std::size_t>(t.shape.count()) *
                          (t.where == home::sample ? n : 1));
  return s;
}

void run_scalar(const program& p, scalar_state& s, std::size_t n, std::uint64_t seed,
                std::uint64_t step) {
  runner r{p, s, n, seed, step, 0, {}, 0, {}};
  for (const kernel& k : p.kernels) r.run(k);
}

}  // namespace tenon::codegen
