// Prints one kernel as a Highway function. What all kinds of kernels share lies in
// highway_loops.cpp; then one file for tiles of samples (highway_samples.cpp), one for single
// samples (highway_lanes.cpp) and one for single rows, random numbers and plain floats
// (highway_maps.cpp).
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "codegen/print/expression.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/writer.hpp"
#include "codegen/program.hpp"
#include "codegen/transform.hpp"

namespace tenon::codegen {

class kernel_printer {
 public:
  kernel_printer(writer& w, const program& p, std::size_t kernel);
  void print();

 private:
  // ---- the head
  void banner();
  // The shape in memory: halo and samples included.
  std::string stored(int id) const;
  std::string stored_lanes(const dims& shape, const layout& l) const;
  std::string tile_text() const;
  std::string panels_text() const;
  std::string parameters() const;
  std::string name_of(int tensor) const;

  // ---- the body
  void body();
  bool has(op kind) const;

  // ---- loops, addresses, operands
  // A loop over one axis.
  void loop(const std::string& name, int extent, int step, const std::function<void()>& body);
  // Loops over the output axes; the tiled ones are cut into whole tiles and a rest.
  void tiles(const std::function<void()>& inner);
  void cut(int axis_id, int tile, int& now, const std::function<void()>& inner);
  void constant_axis(const std::string& name, int at);
  // Over those of the output axes from axis_id on that are wanted and no tile cuts.
  void outer_loops(int axis_id, const std::function<bool(int)>& wanted,
                   const std::function<void()>& inner);
  void outer_loops(const std::function<void()>& inner) {
    outer_loops(
        0, [](int) { return true; }, inner);
  }
  // A strip's axis 0 is an argument.
  int first_axis() const { return k_.strip >= 0 ? 1 : 0; }
  void reduced_loops(std::size_t axis_id, const std::function<void()>& inner);
  // Over the taps inside the tensor.
  void clipped_loop(const clip& c, const std::function<void()>& body);
  // Address of a read for the tile's element (i, j).
  std::string address(const affine& a, int i, int j) const;
  // Loads once per distinct address within a scope: "x0", "weight0", ...
  struct loads {
    std::map<std::string, std::string> known;
    std::map<std::string, int> counter;
  };
  std::string load(loads& scope, const node& n, int i, int j);
  std::string load(loads& scope, const node& n, const std::string& at);
  std::string load(loads& scope, const std::string& name, const std::string& text);
  dialect vector_dialect(loads& scope, int i, int j);
  dialect scalar_dialect(int i, int j);
  void alive();
  dialect in_vectors() const;  // of which kind they are

  // ---- lanes are samples
  int columns() const { return planes_ * taps_; }
  std::string accumulator(int i, int j) const;
  void for_tile(const std::function<void(int, int)>& f);
  // Column by column, where there are more of them: the rows' operands stay in registers while each
  // column is loaded once.
  void for_tile_by_columns(const std::function<void(int, int)>& f);
  void declare_accumulators();
  void accumulate(const expr& body);
  // Loads what moves along one axis of the tile in front of all sums: GCC loads it again for each
  // of them where its loads stand between theirs.
  static void load_first(const expr& body, int axis_id, const std::function<void(const node&)>& f);
  void first_maximum(const std::string& sum, const std::string& v, int i, int j, int& counter);
  // Lanes are samples of the output.
  void sample_vectors();
  void store_tile();
  // Lanes are samples; each sum over samples ends in one tree over 16 virtual lanes.
  void sample_sums();

  // ---- linear transforms with literal coefficients, one axis after the other
  void transformed(const transform& t);
  void first_step(const transform& t);
  void second_step(const transform& t);
  std::string fixed(affine a, int axis_id, int at) const;

  // ---- single samples: lanes lie along an output axis, in panels of 16, or there is one lane
  bool has_panels() const { return panel_ >= 0; }
  // Of the axis that counts panels: its lanes.
  int lanes() const;
  // The loop over the vectors of a panel.
  std::string panel_loop() const;
  std::string panel_load(const node& n, int i, int j) const;
  std::string panel_load(const node& n, const std::string& at, int i, int j) const;
  std::string store(const std::string& value, int i, int j) const;
  std::string store(const std::string& value, const std::string& at, int i, int j) const;
  // Single floats: a loop over the lanes of a panel.
  void each_lane(const std::function<void()>& inner);
  std::string lane_text(const node& n) const;

  // ---- lanes are something else, or there are none
  // Lanes are the columns of a row of the output; samples are added in order.
  void row_vectors();
  // The same over all blocks, for rows [first, last).
  void whole_rows();
  // Without the column, which `i` counts.
  std::string row_address(affine a, int r) const;
  // Four elements share one Philox block.
  void random_map();
  const node& uniform() const;
  void random_four(int count);
  void random_element();
  // Kernels of a step: a few numbers per channel.
  void scalar_loops();

  writer& w_;
  const program& p_;
  const kernel& k_;
  kernel q_;
  const schedule& s_;
  std::vector<parameter_name> names_;
  std::vector<std::string> axes_;
  const node* reduction_ = nullptr;
  int panel_ = -1;  // the axis of q_ that counts panels
  // Of the tile that is being printed; its columns are planes x taps.
  int rows_ = 1, planes_ = 1, taps_ = 1;
};

}  // namespace tenon::codegen
