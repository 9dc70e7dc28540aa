// <name>_info.cc: the network as tables and entry points, for the executable, benches and tests.
#include "codegen/print/files.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/scalar.hpp"

namespace tenon::codegen {
namespace {

const char* name_of(forms::initialiser::kind k) {
  using enum forms::initialiser::kind;
  switch (k) {
    case constant:
      return "constant";
    case normal:
      return "normal";
    case uniform:
      return "uniform";
    case orthogonal:
      return "orthogonal";
    case row_norms:
      return "row_norms";
    case fan_in_uniform:
      return "fan_in_uniform";
  }
  return "constant";
}

std::string sizes(const dims& d) {
  std::string s;
  for (int i = 0; i < d.rank; ++i) s += fmt::format("{}{}", i ? ", " : "", d[i]);
  return s;
}

void shape_array(writer& w, const std::string& name, const dims& d) {
  if (d.rank > 0) w.line("constexpr int {}[] = {{{}}};", name, sizes(d));
}
std::string shape_span(const std::string& name, const dims& d) {
  return d.rank > 0 ? name : "std::span<const int>{}";
}

void parameter_table(writer& w, const program& p) {
  for (const tensor& t : p.tensors) {
    if (t.what == role::parameter || t.what == role::buffer)
      shape_array(w, identifier(t.name) + "_shape", t.shape);
  }
  w.block(
      "constexpr tenon::parameter_info parameters[] =",
      [&] {
        for (std::size_t i = 0; i < p.tensors.size(); ++i) {
          const tensor& t = p.tensors[i];
          if (t.what != role::parameter && t.what != role::buffer) continue;
          const std::size_t dot = t.name.find('.');
          const long rows = t.shape.rank < 2 ? 1 : t.shape[0];
          const long row = t.shape.count() / rows;
          const long stride =
              t.shape.rank < 2 ? static_cast<long>(p.layouts[i].floats) : p.layouts[i].stride[0];
          w.line(
              "{{.name = \"{}\", .layer = \"{}\", .kind = \"{}\", .shape = {}, .offset = {}, .rows "
              "= {}, .row = {}, .stride = {}, .buffer = {}, "
              ".decays = {}, .how = tenon::initializer::{}, .value = {}, .fan_in = {}, .fan_out = "
              "{}{}}},",
              t.name, t.name.substr(0, dot), t.name.substr(dot + 1),
              shape_span(identifier(t.name) + "_shape", t.shape), p.storages[i].offset, rows, row,
              stride, t.what == role::buffer, t.decays, name_of(t.initial.how),
              double_literal(t.initial.value), t.initial.fan_in, t.initial.fan_out,
              t.first_weight == 0 ? "" : ", .first_weight = " + double_literal(t.first_weight));
        }
      },
      ";");
  w.line("");
}

// Floats that a kernel reads and writes at least, per sample for block kernels.
double floats_of(const program& p, const kernel& k, int samples) {
  const auto share =
      [&](int id) {  // what the samples of a call have in common counts once for all of them
        const double count = static_cast<double>(p.of(id).shape.count());
        return p.of(id).where == home::sample ? count : count / samples;
      };
  double n = share(k.out);
  for (int id : reads_of(k)) n += share(id);
  return n;
}

void kernel_table(writer& w, const program& p, const char* name) {
  int kernels = 0;
  w.block(
      fmt::format("constexpr tenon::kernel_info {}[] =", name),
      [&] {
        for (std::size_t i = 0; i < p.kernels.size(); ++i) {
          const schedule& s = p.schedules[i];
          const bool block = s.when == stage::block;
          const bool whole = s.when == stage::whole;
          if (!block && !whole && !(p.in == mode::train && s.when == stage::collect)) continue;
          const int samples =
              whole && p.blocks() > 1 ? p.batch : 1;  // those that a call counts for
          ++kernels;
          w.line("{{.name = \"{}\", .layer = \"{}\", .flops = {}, .bytes = {}, .calls = {}}},",
                 identifier(p.kernels[i].name), p.kernels[i].layer,
                 double_literal(s.flops * samples),
                 double_literal(4 * samples *
                                floats_of(p, p.kernels[i], samples > 1 ? samples : p.block)),
                 block ? p.blocks() : 1);
        }
        if (kernels == 0)
          w.line("{.name = \"none\", .layer = \"\", .flops = 0.0, .bytes = 0.0, .calls = 0},");
      },
      ";");
  w.line("");
}

// Those whose spreads the twin measures.
void layer_names(writer& w, const program& twin) {
  std::string names;
  for (const layer_spread& s : spreads_of(twin))
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", s.layer);
  if (names.empty()) return;
  w.line("constexpr std::string_view layers[] = {{{}}};", names);
  w.line("");
}

}  // namespace

std::string print_info(const edition& e) {
  const program &p = e.eval, &t = e.train;
  const verdict& v = e.d.result;
  writer w;
  w.line("// " + heading(e, "tables"));
  w.line("#include <tenon/core_info.hpp>");
  w.line("");
  w.line("#include \"emitted/{}.hpp\"", e.name());
  w.line("");
  w.line("namespace emitted::{} {{", e.name());
  if (e.trains) {
    w.block("namespace scalar", [&] {
      w.line(
          "double loss(const double* parameters, const double* x, const double* target, "
          "std::size_t n, std::uint64_t seed, std::uint64_t step,");
      w.line("            double* y, double* d_parameters, double* d_x, double* spreads);");
    });
  }
  if (e.cuda) w.line("namespace cuda {{ const tenon::cuda_network& entry() noexcept; }}  // {}_cuda_info.cu", e.name());
  w.line("namespace {");
  w.line("");
  shape_array(w, "input_shape", p.of(p.input).shape);
  shape_array(w, "output_shape", p.of(p.output).shape);
  const dims target = t.target >= 0 ? t.of(t.target).shape : dims{};
  shape_array(w, "target_shape", target);
  w.line("");
  const bool has_parameters = t.floats(region::parameter) > 0;
  if (has_parameters) parameter_table(w, t);
  kernel_table(w, p, "eval_kernels");
  kernel_table(w, e.single, "single_kernels");
  if (e.trains) {
    kernel_table(w, t, "train_kernels");
    layer_names(w, e.twin);
  }
  w.block(
      "constexpr std::string_view notes[] =",
      [&] {
        w.line("\"{} samples to a block\",", p.block);
        for (const std::string& note : p.notes) w.line("\"{}\",", note);
      },
      ";");
  w.line("");
  w.block(
      "constexpr tenon::network_info info",
      [&] {
        w.line(".name = \"{}\",", e.name());
        w.line(".signature = signature,");
        w.line(".input_shape = input_shape,");
        w.line(".output_shape = output_shape,");
        w.line(".target_shape = {},", shape_span("target_shape", target));
        w.line(".target_is_class = {},", t.target_is_class);
        w.line(".classes = {},", t.classes);
        w.line(".batch = {},", p.batch);
        w.line(".block = {},", p.block);
        w.line(".norm_positions = {},", t.norm_positions);
        w.line(".parameter_count = {},", v.parameters);
        w.line(".macs = {},", v.macs);
        w.line(".flops_eval = {},", 2 * v.macs);
        w.line(".flops_train = {},", 2 * v.macs_training);
        w.line(".image_floats = image_floats,");
        w.line(".eval_image_floats = eval_image_floats,");
        w.line(".eval_arena_bytes = eval_arena_bytes,");
        w.line(".train_arena_bytes = {},", e.trains ? "train_arena_bytes" : "0");
        w.line(".parameters = {},",
               has_parameters ? "parameters" : "std::span<const tenon::parameter_info>{}");
        w.line(".eval_kernels = eval_kernels,");
        w.line(".train_kernels = {},",
               e.trains ? "train_kernels" : "std::span<const tenon::kernel_info>{}");
        w.line(".notes = notes,");
        if (t.target_is_distribution) w.line(".target_is_distribution = true,");
        if (t.sample_weight >= 0) w.line(".weighted = true,");
        w.line(".single_kernels = single_kernels,");
        w.line(".most_singles = {},", most_singles(p, e.single));
      },
      ";");
  w.line("");
  w.line("}  // namespace");
  w.line("");
  w.block("const tenon::network_entry& entry() noexcept", [&] {
    w.block(
        "static constexpr tenon::network_entry all",
        [&] {
          w.line(".info = &info,");
          w.line(".make_evaluator = tenon::adapt_evaluator<eval>::make,");
          w.line(".make_trainer = {},", e.trains ? "tenon::adapt_trainer<train>::make" : "nullptr");
          if (e.samples) w.line(".make_sampler = tenon::adapt_sampler<eval_mc>::make,");
          w.line(".fold = fold,");
          w.line(".scalar = {{{}}},", !e.trains                    ? "nullptr"
                                      : spreads_of(e.twin).empty() ? "scalar::loss"
                                                                   : "scalar::loss, layers");
          if (e.cuda) w.line(".cuda = cuda::entry,");
        },
        ";");
    w.line("return all;");
  });
  w.line("");
  w.line("}}  // namespace emitted::{}", e.name());
  w.line("");
  w.line("#ifndef TENON_SEVERAL_NETWORKS  // programs with more than one ask each for its entry()");
  w.line("const tenon::network_entry& tenon_network() noexcept {{ return emitted::{}::entry(); }}",
         e.name());
  w.line("#endif");
  return w.text();
}

}  // namespace tenon::codegen
