// <name>.cu: kernels for a GPU, the order in which they are launched, and the classes of
// emitted/<name>_cuda.hpp.
#include "codegen/print/cuda.hpp"

#include "codegen/print/cuda_kernel.hpp"
#include "codegen/print/highway.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/unit.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* includes = R"(
#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include <tenon/cuda.hpp>

#include "emitted/${name}_cuda.hpp"

namespace emitted::${name}::cuda {

)";

void story(writer& w, const edition& e) {
  const program& p = e.cuda->train;
  w.line("//");
  paragraph(w, fmt::format(
                   "Lane = sample: samples lie innermost, {0} to a block: [channels][height][width]"
                   "[{0}], so that a warp reads and writes whole lines of memory whatever the "
                   "shape, and weights are the same for all of its lanes. Batches hold up to {1} "
                   "samples, {2} blocks, all in flight at once. Sums over samples end in a fixed "
                   "order, without atomics: two runs give the same bits. A call is one launch of a "
                   "graph that was captured at opening.",
                   p.block, p.batch, p.blocks()));
}

void print_job(writer& w, const cuda_unit& u) {
  comment(w, "Where everything lies on the device.");
  w.block(
      "struct job",
      [&] {
        w.line("float* declared;  // parameters and buffers");
        if (u.train) {
          w.line("float* gradients;  // laid out so too");
          w.line("float* state;      // of the optimizer, twice as many");
        } else {
          w.line("float* prepared;  // from them, once: what is folded");
        }
        w.line("float* batch;   // once per batch");
        w.line("float* sums;    // {} floats per part: sums over its samples",
               u.p.floats(region::part_sum));
        w.line("float* memory;  // {} floats per block: what it needs within a phase",
               u.p.floats(region::part));
        w.line("float* blocks;  // {} floats per block: what outlives a phase",
               u.p.floats(region::block));
        w.line("float *x, *target, *weights, *y;  // rows of samples that came from the host");
        w.line("tenon::cuda::call* call;");
        w.line("float* scratch;");
      },
      ";");
  w.line("");
  const cuda_plan& a = u.plan;
  const std::string second = u.train ? fmt::format("m + {}, m + {}", a.gradients, a.state)
                                     : fmt::format("m + {}", a.prepared);
  w.block("[[maybe_unused]] job job_in(float* m)", [&] {
    w.line(
        "return {{m, {}, m + {}, m + {}, m + {}, m + {}, m + {}, m + {}, m + {}, m + {}, "
        "reinterpret_cast<tenon::cuda::call*>(m + {}), m + {}}};",
        second, a.batch, a.sums, a.memory, a.blocks, a.x, a.target, a.weights, a.y, a.call,
        a.scratch);
  });
  w.line("");
}

// Kernels with functions of their own.
bool is_printed(const program& p, std::size_t kernel) {
  return p.schedules[kernel].shared_with < 0 && !is_plain_collect(p, kernel) &&
         !is_transpose(p, kernel);
}

void print_half(writer& w, const cuda_unit& u) {
  const char* const word = u.train ? "train" : "eval";
  w.line("// ---- {}", word);
  w.line("//");
  layer_table(w, u.p);
  for (const std::string& note : u.p.notes) paragraph(w, note + ".");
  w.line("namespace {}_kernels {{", word);
  w.line("namespace {");
  w.line("");
  w.line("using tenon::cuda::queue;");
  w.line("");
  for (std::size_t i = 0; i < u.p.kernels.size(); ++i) {
    if (is_printed(u.p, i)) print_cuda_kernel(w, u.p, i);
  }
  print_job(w, u);
  print_cuda_queues(w, u);
  w.line("}  // namespace");
  w.line("}}  // namespace {}_kernels", word);
  w.line("");
  print_cuda_classes(w, u);
}

}  // namespace

std::string print_cuda(const edition& e) {
  writer w;
  w.line("// " + heading(e, "CUDA"));
  story(w, e);
  w.text(includes, {{"name", e.name()}});
  print_half(w, cuda_unit(e, e.cuda->eval));
  if (e.trains) print_half(w, cuda_unit(e, e.cuda->train));
  w.line("}}  // namespace emitted::{}::cuda", e.name());
  return w.text();
}

std::string print_cuda_info(const edition& e) {
  writer w;
  w.line("// " + heading(e, "entry points on a GPU"));
  w.text(R"(
#include <tenon/cuda_info.hpp>

#include "emitted/${name}_cuda.hpp"

namespace emitted::${name} {

const tenon::network_entry& entry() noexcept;  // ${name}_info.cc

namespace cuda {

const tenon::cuda_network& entry() noexcept {
  static const tenon::cuda_network all = tenon::cuda::adapt<${classes}>(*emitted::${name}::entry().info);
  return all;
}

}  // namespace cuda
}  // namespace emitted::${name}
)",
         {{"name", e.name()}, {"classes", e.trains ? "eval, train" : "eval"}});
  return w.text();
}

}  // namespace tenon::codegen
