// <name>_fold.cc: from the training image to the serving image. Runs once, when weights are loaded.
#include <set>

#include "codegen/print/files.hpp"
#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

int named(const program& p, const std::string& name) {
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    if (p.tensors[t].name == name) return static_cast<int>(t);
  }
  throw internal_bug("fold: no tensor " + name);
}

bool declared(const tensor& t) { return t.what == role::parameter || t.what == role::buffer; }

// The two programs that serve, each with its part of the image.
struct half {
  const edition& e;
  const program& p;
  std::size_t image;

  // Where a tensor lies while folding.
  std::string pointer(int id, bool out) const {
    const tensor& t = p.of(id);
    const storage& s = p.storages[static_cast<std::size_t>(id)];
    if (!out && declared(t))
      return fmt::format("image + {}",
                         e.train.storages[static_cast<std::size_t>(named(e.train, t.name))].offset);
    return s.where == region::none ? identifier(t.name) + "_values"
                                   : fmt::format("eval_image + {}", image + s.offset);
  }

  // Those whose text is not yet among `printed`.
  void print_kernels(writer& w, std::set<std::string>& printed) const {
    for (std::size_t i = 0; i < p.kernels.size(); ++i) {
      if (p.schedules[i].when != stage::prepare || p.schedules[i].shared_with >= 0) continue;
      writer alone;
      print_kernel(alone, p, i);
      if (printed.insert(alone.text()).second) print_kernel(w, p, i);
    }
  }

  void print_calls(writer& w) const {
    for (std::size_t t = 0; t < p.tensors.size(); ++t) {
      if (p.storages[t].where != region::parameter || !declared(p.tensors[t])) continue;
      w.line("std::copy_n({}, {}, {});  // {}", pointer(static_cast<int>(t), false),
             p.layouts[t].floats, pointer(static_cast<int>(t), true), p.tensors[t].name);
    }
    for (std::size_t i = 0; i < p.kernels.size(); ++i) {
      if (p.schedules[i].when != stage::prepare) continue;
      const kernel& k = p.kernels[i];
      if (p.storages[static_cast<std::size_t>(k.out)].where == region::none)
        w.line("float {}_values[{}] = {{}};", identifier(p.of(k.out).name),
               p.layouts[static_cast<std::size_t>(k.out)].floats);
      const int shared = p.schedules[i].shared_with;
      std::string s =
          identifier(p.kernels[shared < 0 ? i : static_cast<std::size_t>(shared)].name) + "(";
      bool first = true;
      for (const parameter_name& n : parameter_names(p, k)) {
        s += (first ? "" : ", ") + pointer(n.tensor, n.tensor == k.out);
        first = false;
      }
      w.line(s + ");");
    }
  }
};

}  // namespace

std::string print_fold(const edition& e) {
  const serving_plan plan = plan_of_serving(e.eval, e.single);
  const half blocks{e, e.eval, 0}, single{e, e.single, plan.single_image};
  writer w;
  w.line("// " + heading(e, "fold"));
  w.line("//");
  w.line("// From the training image to the image that eval reads.");
  for (const std::string& note : e.eval.notes) comment(w, note + ".");
  w.line("#include <hwy/base.h>");
  w.line("");
  w.line("#include <algorithm>");
  w.line("#include <cmath>");
  w.line("#include <cstddef>");
  w.line("#include <cstring>");
  w.line("");
  w.line("#include \"emitted/{}.hpp\"", e.name());
  w.line("");
  w.line("namespace emitted::{} {{", e.name());
  w.line("namespace {");
  w.line("");
  std::set<std::string> printed;
  blocks.print_kernels(w, printed);
  comment(w,
          "For single samples: weights in panels of 16 outputs, so that vectors lie along them.");
  w.line("namespace single {");
  w.line("");
  single.print_kernels(w, printed);
  w.block("void fold(const float* image, float* eval_image)", [&] {
    w.line("static_cast<void>(image), static_cast<void>(eval_image);");
    single.print_calls(w);
  });
  w.line("");
  w.line("}  // namespace single");
  w.line("}  // namespace");
  w.line("");
  w.block("void fold(const float* image, float* eval_image) noexcept", [&] {
    w.line("static_cast<void>(image);");
    w.line("std::memset(eval_image, 0, {} * sizeof(float));", plan.image);
    blocks.print_calls(w);
    w.line("single::fold(image, eval_image);");
  });
  w.line("");
  w.line("}}  // namespace emitted::{}", e.name());
  return w.text();
}

}  // namespace tenon::codegen
