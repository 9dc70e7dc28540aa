// The order of a call: as launches that a graph captures, each kernel for all blocks of samples
// side by side, or, where a network is small, as steps of one kernel.
#include <algorithm>
#include <functional>

#include "codegen/passes/together.hpp"
#include "codegen/passes/warp_cost.hpp"
#include "codegen/print/cuda.hpp"
#include "codegen/print/cuda_kernel.hpp"
#include "codegen/print/names.hpp"

namespace tenon::codegen {
namespace {

class queue_printer {
 public:
  queue_printer(writer& w, const cuda_unit& u) : w_(w), u_(u), unfinished_(u.p) {}

  void eval() {
    comment(w_,
            "From the parameters as training has them to what the kernels read: once, at opening.");
    launches("void prepare([[maybe_unused]] queue& q, [[maybe_unused]] const job& j)", [&] {
      kernels([&](std::size_t i) { return u_.p.schedules[i].when == stage::prepare; });
    });
    call("bool probabilities", "probabilities", [&] { eval_steps(); });
  }

  void train() {
    call("bool forward_only, [[maybe_unused]] bool renews", "forward_only, renews",
         [&] { train_steps(); });
    comment(w_, "The outputs of the last call, back to rows of samples.");
    launches("void store_outputs(queue& q, const job& j)", [&] { store(u_.p.output); });
  }

 private:
  // ---- functions
  void launches(const std::string& head, const std::function<void()>& body) {
    const bool was = together_;
    together_ = false;
    w_.block(head, body);
    w_.line("");
    together_ = was;
  }

  // What a call runs: one kernel, or many.
  void call(const char* parameter, const char* argument, const std::function<void()>& steps) {
    if (u_.p.together == 0) {
      comment(w_,
              "A batch through the network: each kernel for all blocks of samples side by side.");
      return launches(fmt::format("void run(queue& q, const job& j, {})", parameter), steps);
    }
    const bool apart = u_.p.together == 1 && blocks_stay_apart(u_.p);
    comment(w_,
            fmt::format(
                "A batch through the network in one kernel: {} of {} warps for each "
                "block of samples.{}",
                u_.p.together == 1 ? "a group" : fmt::format("{} groups", u_.p.together),
                warps_of_group,
                u_.in_shared() ? " What passes between its steps stays in shared memory." : ""));
    together_ = true;
    writer body;
    body.indent(w_.depth() + 1);
    std::swap(w_, body);
    steps();
    std::swap(w_, body);
    const std::size_t staged = (shared_bytes_ + 15) / 16 * 16;
    const std::size_t memory = u_.in_shared() ? u_.p.floats(region::part) * sizeof(float) : 0;
    w_.line("__global__ void __launch_bounds__({})", 32 * warps_of_group);
    w_.block(fmt::format("run_together(const job j, {})", parameter), [&] {
      if (memory > 0)
        w_.line("float* const memory = tenon::cuda::shared_memory(){};",
                staged == 0 ? "" : fmt::format(" + {}", staged / sizeof(float)));
      w_.finished(body.text());
    });
    together_ = false;
    w_.block(fmt::format("void run(queue& q, const job& j, {})", parameter), [&] {
      if (adds()) clear_sums();
      w_.line("q.run{}(run_together, {{{}, {}}}, {}, {}, j, {});", apart ? "" : "_together",
              u_.p.together, u_.p.blocks(), warps_of_group, staged + memory, argument);
    });
    w_.line("");
  }

  void eval_steps() {
    load(u_.p.input, "load_samples", true);
    const auto block = [&](std::size_t i) { return u_.p.schedules[i].when == stage::block; };
    kernels([&](std::size_t i) { return block(i) && u_.output[i]; });
    if (u_.p.probabilities == u_.p.output) {
      w_.line("static_cast<void>(probabilities);  // they are the output");
      return store(u_.p.output);
    }
    conditional("if (!probabilities)", [&] {
      store(u_.p.output);
      w_.line("return;");
    });
    kernels([&](std::size_t i) { return block(i) && !u_.output[i]; });
    store(u_.p.probabilities);
  }

  void train_steps() {
    if (!together_ && adds()) clear_sums();
    load(u_.p.input, "load_samples", true);
    conditional("if (!forward_only)", [&] {
      if (u_.p.target_is_class)
        load(u_.p.target, "load_classes", false);
      else
        load(u_.p.target, "load_values", true);
      load(u_.p.sample_weight, "load_weights", false);
    });
    const auto of_step = [&](std::size_t i) { return u_.p.schedules[i].when != stage::renew; };
    const auto backward = [&](std::size_t i) {
      return !u_.forward[i] && u_.p.schedules[i].when != stage::prepare;
    };
    for (std::size_t i = 0; i < u_.p.kernels.size();) {
      std::size_t end = i + 1;  // of a run of kernels of one direction
      while (end < u_.p.kernels.size() && backward(end) == backward(i)) ++end;
      const auto run = [&] {
        kernels([&](std::size_t k) { return i <= k && k < end && of_step(k); });
      };
      const bool any = of_step(i);  // renewals come last
      if (any && backward(i)) conditional("if (!forward_only)", run);
      if (any && !backward(i)) run();
      i = end;
    }
    const auto renewal = [&](std::size_t i) { return u_.p.schedules[i].when == stage::renew; };
    if (!u_.has(stage::renew)) return;
    conditional("if (renews)", [&] { kernels(renewal); });  // running statistics, from the batch's
  }

  // What comes after it may not count on a barrier in it.
  void conditional(const char* head, const std::function<void()>& body) {
    const unfinished before = unfinished_;
    const bool near = near_, shares = shares_;
    w_.block(head, body);
    unfinished_.add(before);
    near_ = near_ && near, shares_ = shares_ || shares;
  }

  // ---- steps
  void kernels(const std::function<bool(std::size_t)>& wanted) {
    for (std::size_t i = 0; i < u_.p.kernels.size(); ++i) {
      if (wanted(i)) step(u_.step(i));
    }
  }

  void load(int id, const char* kernel, bool shaped) {
    if (id < 0 || u_.p.storages[static_cast<std::size_t>(id)].where == region::none) return;
    cuda_step s = door(kernel, shaped ? (u_.p.of(id).shape.count() + 31) / 32 : 1,
                       fmt::format(", {}, {}{}", shaped ? u_.interior(id) : u_.pointer(id),
                                   u_.step_of(id), shaped ? ", " + u_.shape_of(id) : ""));
    s.writes = id;
    step(s);
  }
  void store(int id) {
    cuda_step s =
        door("store_samples", (u_.p.of(id).shape.count() + 31) / 32,
             fmt::format(", {}, {}, {}", u_.interior(id), u_.step_of(id), u_.shape_of(id)));
    s.reads = {id};
    step(s);
  }
  cuda_step door(const std::string& kernel, long groups, const std::string& arguments) const {
    return {.launched = fmt::format("tenon::cuda::{}<>", kernel),
            .called = "tenon::cuda::here::" + kernel,
            .groups = static_cast<unsigned>(groups),
            .blocks = static_cast<unsigned>(u_.p.blocks()),
            .arguments = arguments,
            .block_by_block = true};
  }

  void step(const cuda_step& s) {
    if (!together_)
      return w_.line("q.run({}, {{{}, {}}}, {}, {}, j.call{});", s.launched, s.groups, s.blocks,
                     s.warps, s.shared_bytes, s.arguments);
    if (unfinished_.holds_up(s.reads, s.writes)) {
      const bool near = u_.p.together == 1 && s.block_by_block && near_;
      w_.line(near ? "__syncthreads();" : "tenon::cuda::meet_all();");
      unfinished_.clear();
      near_ = true, shares_ = false;
    } else if (shares_ && s.shared_bytes > 0) {
      w_.line("__syncthreads();  // both use shared memory");
      shares_ = false;
    }
    w_.line("{}(j.call{});", s.called, s.arguments);
    unfinished_.add(s.reads, s.writes);
    near_ = near_ && s.block_by_block;
    shares_ = shares_ || s.shared_bytes > 0;
    shared_bytes_ = std::max(shared_bytes_, s.shared_bytes);
  }

  // Whether sums of parts are added to what is there.
  bool adds() const {
    return std::any_of(u_.p.kernels.begin(), u_.p.kernels.end(), [&](const kernel& k) {
      return u_.p.of(k.out).where == home::part && !alone_writes(u_.p, k);
    });
  }
  void clear_sums() {
    w_.line("q.clear(j.sums, {});",
            u_.p.floats(region::part_sum) * static_cast<std::size_t>(u_.p.parts()));
  }

  writer& w_;
  const cuda_unit& u_;
  bool together_ = false;
  unfinished unfinished_;  // of the one kernel, since its last barrier
  bool near_ = true;       // whether those steps went block by block
  bool shares_ = false;    // whether one of them used shared memory
  std::size_t shared_bytes_ = 0;
};

}  // namespace

void print_cuda_queues(writer& w, const cuda_unit& u) {
  queue_printer printer(w, u);
  u.train ? printer.train() : printer.eval();
}

}  // namespace tenon::codegen
