// Follows shapes through the rows of a network and stops at the first mistake. One loop over
// values: there is no chain of instantiations that a compiler could print, whatever the length of
// the network.
#pragma once
#include <string_view>

#include "dsl/join_rules.hpp"
#include "dsl/layer.hpp"
#include "dsl/verdict.hpp"

namespace tenon::detail {

// What went into a row and what came out of it; rank 0 behind the first mistake.
struct joint {
  dims in, out;
};

class inference {
 public:
  constexpr inference(const row* rows, int count) : rows_(rows), count_(count) {
    for (int i = 0; i < count; ++i) layers_ += !is_mark(rows[i].role);
  }

  // `joints`, where it is given, has one element per row.
  constexpr verdict run(joint* joints = nullptr) {
    for (int i = 0; i < count_; ++i) {
      const row& r = rows_[i];
      const dims before = now_.shape;
      verdict_.layer += !is_mark(r.role);
      first_ = 0;
      if (stands_well(r, i)) follow(r);
      if (!no_.made()) check_size(r);
      if (no_.made()) {
        if (r.role == kind_of_row::begin)
          ++verdict_.layer;  // the mark stands before the layer that it is about
        text subject;
        r.spell(subject);
        return explained(subject, before);
      }
      if (joints != nullptr) joints[i] = {before, now_.shape};
    }
    if (unjoined_)
      no_("ends with branches that nothing joins", "add | concat, or | add");
    else if (layers_ < 2)
      no_("has no layer behind its input", "add one, such as | linear<10>");
    if (no_.made()) return explained("the network", {});
    verdict_.legal = true;
    verdict_.output = now_.shape;
    return verdict_;
  }

 private:
  static constexpr int most_nested = 8, most_branches = 16, most_saved = 32;
  struct fork {
    flow in, out[most_branches];
    int count = 0, first_layer = 0;
    bool bare = false;  // the last branch is empty, as the shortcut of residual(main) is
  };
  struct saved_tensor {
    std::string_view name;
    flow tensor;
  };

  // ---- rules on the order of layers
  constexpr bool stands_well(const row& r, int i) {
    using enum kind_of_row;
    if (unjoined_ && (r.role == next || r.role == end))
      no_("ends with branches that nothing joins", "add | concat, or | add");
    else if (unjoined_ && r.role != add && r.role != concat && r.role != residual)
      no_("comes right after branches(...)",
          "join the branches first: branches(...) | concat, or | add");
    else if (i == 0 && r.role != input)
      no_("stands first", "begin with input<C, H, W>, input<C, L> or input<N>");
    else if (i != 0 && r.role == input)
      no_("is not the first layer", "keep one input, at the front");
    else if (r.role == loss && i != count_ - 1)
      no_("is a loss, and more follows it", "move it to the end");
    else if ((r.role == map || r.role == loss) && !is_identifier(r.kind))
      no_("has no kind that can be part of a name",
          "give it: static constexpr std::string_view kind = \"my_layer\"");
    return !no_.made();
  }
  static constexpr bool is_identifier(std::string_view kind) {
    if (kind.empty() || !(kind[0] >= 'a' && kind[0] <= 'z')) return false;
    for (char c : kind) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
  }

  // ---- the flow of shapes
  constexpr void follow(const row& r) {
    using enum kind_of_row;
    switch (r.role) {
      case begin:
        return open();
      case next:
        return leave();
      case end:
        forks_[depth_ - 1].bare = (&r)[-1].role == next, leave(), unjoined_ = true;
        return;
      case residual:
      case add:
      case concat:
        return close(r);
      case save:
        return remember(r);
      case add_with:
      case concat_with:
        return join_saved(r);
      case round:
        return turn(r);
      case frozen:
        frozen_ += r.round > 0 ? 1 : -1;
        return;
      default:
        return pass(r);
    }
  }

  constexpr void pass(const row& r) {
    const dims in = now_.shape;
    now_.shape = r.shape(in, no_);
    if (no_.made()) return;
    if (r.factor != 1) check_factor(&r);
    if (no_.made()) return;
    if (r.role == kind_of_row::input) verdict_.input = now_.shape;
    const long parameters = r.parameters(in), macs = r.macs(in);
    if (parameters > most || parameters < 0)
      no_(text("has more than ") << most << " parameters", "use smaller sizes");
    if (macs > (1L << 50) || macs < 0)
      no_("needs more than 2^50 multiply-adds", "use smaller sizes");
    verdict_.parameters += parameters;
    verdict_.macs += macs;
    const bool trains = parameters > 0 && frozen_ == 0;
    verdict_.trainable += trains ? parameters : 0;
    // Forward, gradient of the weights, of the input.
    verdict_.macs_training += macs * (1 + (frozen_ == 0) + now_.trained);
    now_.trained = now_.trained || trains;
  }

  // The factor that evaluation leaves must reach a layer that can take it in.
  constexpr void check_factor(const row* r) {
    for (++r; r != rows_ + count_; ++r) {
      if (r->takes_factor) return;
      const bool is_mark = r->role == kind_of_row::round || r->role == kind_of_row::frozen;
      if (!is_mark && !r->passes_factor && r->factor == 1 &&
          !r->identity[static_cast<int>(mode::eval)])
        break;
    }
    text needs("leaves evaluation a factor for the weights behind it, and ");
    if (r == rows_ + count_)
      needs << "there are none";
    else
      r->spell(needs), needs << " has none that are linear in its input";
    no_(needs, "put it directly before a linear layer or a convolution, or leave out vanilla");
  }

  constexpr void open() {
    if (depth_ == most_nested)
      return void(
          no_(text("is nested more than ") << most_nested << " deep", "nest fewer branches"));
    fork& f = forks_[depth_++];
    f.in = now_;
    f.count = 0;
    f.first_layer = verdict_.layer + 1;
  }
  constexpr void leave() {
    fork& f = forks_[depth_ - 1];
    if (f.count == most_branches)
      return void(
          no_(text("is one of more than ") << most_branches << " branches", "use fewer branches"));
    f.out[f.count++] = now_;
    now_ = f.in;
  }
  constexpr void close(const row& r) {
    if (!unjoined_)
      return void(no_("joins branches, and there are none", "write branches(a, b) before it"));
    unjoined_ = false;
    const fork& f = forks_[--depth_];
    if (r.role == kind_of_row::residual) first_ = f.first_layer;
    r.shape(now_.shape, no_);
    if (no_.made()) return;
    now_ =
        join(f.out, f.count, r.role, f.bare && r.role == kind_of_row::residual && !r.is_noise, no_);
  }

  constexpr const saved_tensor* find(std::string_view name) const {
    for (int s = 0; s < saves_; ++s) {
      if (saved_[s].name == name) return &saved_[s];
    }
    return nullptr;
  }
  constexpr void remember(const row& r) {
    if (r.name.empty())
      no_("has an empty name", "choose one");
    else if (find(r.name) != nullptr)
      no_("uses a name a second time", "choose another name");
    else if (saves_ == most_saved)
      no_(text("is one of more than ") << most_saved << " saves", "save fewer tensors");
    else
      saved_[saves_++] = {r.name, now_};
  }
  constexpr void join_saved(const row& r) {
    const saved_tensor* found = find(r.name);
    if (found == nullptr) {
      text known;
      if (saves_ == 0) known << "put save<'" << r.name << "'> before it";
      for (int s = 0; s < saves_; ++s)
        known << (s == 0 ? "saved so far: " : ", ") << saved_[s].name;
      return void(no_("names nothing that is saved before it", known));
    }
    const flow both[] = {now_, found->tensor};
    now_ = join(both, 2, r.role, false, no_);
  }

  constexpr void turn(const row& r) {
    if (r.rounds < 1)
      no_("repeats its block less than once", "repeat it once or more");
    else if (r.round == 0)
      --repeats_;
    else if (r.round > 1)
      rounds_[repeats_ - 1] = &r;
    else if (repeats_ == most_nested)
      no_(text("is nested more than ") << most_nested << " deep", "nest fewer repeats");
    else
      rounds_[repeats_++] = &r;
  }

  constexpr void check_size(const row& r) {
    long n = 1;
    for (int i = 0; i < now_.shape.rank; ++i) {
      const int size = now_.shape[i];
      if (size < 1)
        no_(text("gives ") << now_.shape, "correct the layer's shape: sizes are positive");
      n = saturated(n, size);
    }
    if (now_.shape.rank < 1 || now_.shape.rank > 3)
      no_(text("gives ") << now_.shape << ", not one to three sizes", "correct the layer's shape");
    if (r.role != kind_of_row::begin && n > most)
      no_(text("gives ") << now_.shape << ", more than " << most << " values", "use smaller sizes");
  }

  // ---- the sentence
  constexpr verdict explained(const text& subject, const dims& before) {
    verdict& v = verdict_;
    if (first_ != 0 && first_ < v.layer)
      v.where << "layers " << first_ << " to " << v.layer;
    else
      v.where << "layer " << v.layer;
    v.where << " of " << layers_;
    if (repeats_ > 0)
      v.where << ", round " << rounds_[repeats_ - 1]->round << " of repeat<"
              << rounds_[repeats_ - 1]->rounds << ">";
    v.where << ": " << subject;
    if (before.rank > 0 && first_ == 0) v.arrived << "receives " << before << ", but ";
    v.needs = no_.needs();
    v.remedy = no_.remedy();
    return v;
  }

  static constexpr long most = 2'147'483'647;

  const row* rows_;
  int count_;
  int layers_ = 0;
  verdict verdict_;
  complaint no_;
  flow now_;
  int first_ = 0;  // of a residual that fails: its first layer
  bool unjoined_ = false;
  int depth_ = 0, saves_ = 0, repeats_ = 0, frozen_ = 0;
  fork forks_[most_nested];
  saved_tensor saved_[most_saved];
  const row* rounds_[most_nested] = {};
};

}  // namespace tenon::detail
