// Views of a network: they agree with the checks, with the passes and with the emitted text.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tenon/dsl.hpp>

#include "codegen/passes.hpp"
#include "codegen/show/view.hpp"

namespace {

using namespace tenon;
using codegen::declaration;
using codegen::emit_options;
using codegen::view_options;

// A folded norm, a fused activation, a reshape that vanishes, a shortcut and a loss.
struct small final : network<input<1, 8, 8> | conv2d<4, 3>(same) | batch_norm | relu |
                             residual(conv2d<4, 3>(same) | batch_norm) | dropout<drop(0.5)> |
                             flatten | linear<3> | softmax_cross_entropy> {};

struct wrong final : network<input<1, 8, 8> | conv2d<4, 3>(same) | linear<10> | relu> {};
struct no_branches_joined final : network<input<4> | linear<4> | add> {};
struct nothing_behind final : network<input<4>> {};
struct without_loss final : network<input<4> | linear<3> | relu> {};

const declaration legal = codegen::declaration_of<small>("small");

view_options in(mode m, std::string pass = {}, std::string layer = {}) {
  return {.emit = {}, .in = m, .pass = std::move(pass), .layer = std::move(layer)};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_CASE("the layer table says shapes, counts, what serving makes of a layer, and exact arenas") {
  const std::string table = codegen::layers_view(legal, {});
  CAPTURE(table);
  CHECK(has(table, "small: [1, 8, 8] -> [3]"));
  CHECK(has(table, "folded into conv2d_1"));
  CHECK(has(table, "in the kernel of conv2d_1"));  // the activation
  CHECK(has(table, "dropout_1"));
  CHECK(has(table, "\n  conv2d_2"));  // inside the residual
  CHECK(has(table, "\nresidual_1"));
  CHECK_FALSE(has(table, "the other branch"));  // the shortcut holds no layer
  const long counted = parameters<small>;
  CHECK(has(table, "parameters  " + std::to_string(counted) + " ("));
  const auto described = nlohmann::json::parse(codegen::description(legal, {}));
  CHECK(described["parameters"] == counted);
  CHECK(described["eval"]["layers"][3]["became"] == "in the kernel of conv2d_1");
  CHECK(2 * described["macs"].get<long>() == flops<small>);
}

TEST_CASE("a wrong network has a table up to the broken joint") {
  const std::string table =
      codegen::layers_view(codegen::unchecked_declaration_of<wrong>("wrong"), {});
  CAPTURE(table);
  CHECK(has(table, "conv2d_1"));
  CHECK(has(table, "[4, 8, 8]"));
  const std::size_t mark = table.find("<== here");
  REQUIRE(mark != table.npos);
  CHECK(table.rfind("linear_1", mark) > table.rfind('\n', mark));  // on the line of the mistake
  CHECK_FALSE(has(table, "relu"));                                 // what follows has no shape
  const std::string other = codegen::layers_view(
      codegen::unchecked_declaration_of<no_branches_joined>("no_branches_joined"), {});
  CHECK(count(other, "<== here") == 1);
  // A mistake of the whole network stands behind its last layer.
  const std::string whole =
      codegen::layers_view(codegen::unchecked_declaration_of<nothing_behind>("nothing_behind"), {});
  CAPTURE(whole);
  CHECK(whole.find("<== here") > whole.find("(the end)"));
  CHECK(whole.find("(the end)") > whole.find("input<4>"));
}

TEST_CASE("every pass is shown once, and says so where it changed nothing") {
  for (const mode m : {mode::eval, mode::train, mode::eval_mc}) {
    const std::string text = codegen::passes_view(legal, in(m));
    CHECK(count(text, "\n== ") == codegen::passes().size() + 1);
    for (const codegen::pass& each : codegen::passes())
      CHECK(has(text, "== " + std::string(each.name) + ": "));
    CHECK(has(text, "differentiate: adds the backward pass (unchanged)") == (m != mode::train));
    CHECK(has(text, "fuse_maps: moves maps into the kernels that feed them\n"));
  }
}

TEST_CASE("one pass and one layer can be picked, also a layer that was fused into another") {
  const std::string all = codegen::passes_view(legal, in(mode::eval, "plan_memory"));
  CHECK(count(all, "\n== ") == 1);
  CHECK(has(all, "in a part at "));
  const std::string one = codegen::passes_view(legal, in(mode::eval, "plan_memory", "relu_1"));
  CHECK(has(one, "conv2d_1:"));
  CHECK_FALSE(has(one, "linear_1:"));
  CHECK(has(codegen::passes_view(legal, in(mode::eval, "plan_memory", "flatten_1")),
            "no kernel computes flatten_1 here"));
}

TEST_CASE("names that do not exist are refused with those that do") {
  CHECK_THROWS_WITH_AS(codegen::passes_view(legal, in(mode::eval, "optimise")),
                       doctest::Contains("there is no pass 'optimise'; there are lower, differ"),
                       codegen::unknown_name);
  for (const auto view : {codegen::passes_view, codegen::source_view, codegen::dot_view})
    CHECK_THROWS_WITH_AS(view(legal, in(mode::eval, {}, "conv2d_7")),
                         doctest::Contains("'conv2d_7'; small has conv2d_1, conv2d_2"),
                         codegen::unknown_name);
  CHECK_THROWS_WITH_AS(codegen::passes_view(legal, in(mode::eval, {}, "attention_1")),
                       doctest::Contains("small has input, conv2d_1, batch_norm_1, relu_1"),
                       codegen::unknown_name);
}

TEST_CASE("a layer's source is cut out of the very file that is emitted") {
  for (const mode m : {mode::eval, mode::train}) {
    const std::string file = codegen::source_view(legal, in(m));
    const std::string layer = codegen::source_view(legal, in(m, {}, "linear_1"));
    CHECK(layer.starts_with("// linear_1"));
    CHECK(layer.ends_with("}\n\n"));
    CHECK(has(layer, " linear_1("));
    CHECK(has(layer, "linear_1_weight_gradient(") == (m == mode::train));
    std::size_t at = 0;
    for (std::size_t end; (end = layer.find("\n}\n", at)) != layer.npos; at = end + 4)
      CHECK(has(file, layer.substr(at, end + 3 - at)));
  }
  CHECK(
      has(codegen::source_view(legal, in(mode::eval, {}, "flatten_1")), "no function of its own"));
}

TEST_CASE("the kernels of a layer on a GPU are those of the emitted unit") {
  emit_options gpu{};
  gpu.cuda = true;
  const auto files = codegen::emit(legal, gpu);
  const auto unit =
      std::find_if(files.begin(), files.end(), [](const auto& f) { return f.path == "small.cu"; });
  REQUIRE(unit != files.end());
  for (const mode m : {mode::eval, mode::train}) {
    const auto options = [&](std::string pass, std::string layer) {
      view_options o = in(m, std::move(pass), std::move(layer));
      o.emit.cuda = true;
      return o;
    };
    const std::string all = codegen::source_view(legal, options("", "")),
                      layer = codegen::source_view(legal, options("", "conv2d_1"));
    CHECK(has(unit->text, all));
    CHECK(has(all, layer.substr(0, layer.find("\n\n"))));
    CHECK(layer.starts_with("// conv2d_1"));
    CHECK(has(layer, "__device__ __forceinline__ void conv2d_1("));
    CHECK_FALSE(has(layer, "void linear_1("));
    CHECK(has(layer, "conv2d_1_weight_gradient(") == (m == mode::train));
    CHECK(has(codegen::passes_view(legal, options("schedule", "")), "blocks of 32 samples"));
  }
}

TEST_CASE(
    "the graph has a node for each layer that is left, and an edge for each way between them") {
  const std::string eval = codegen::dot_view(legal, in(mode::eval));
  CHECK(has(eval, "\"conv2d_1\" -> \"relu_1\""));  // the norm between is folded
  CHECK(has(eval, "with batch_norm_1 folded in"));
  CHECK(has(eval, "\"relu_1\" -> \"residual_1\""));  // the shortcut
  CHECK(has(eval, "\"conv2d_2\" -> \"residual_1\""));
  CHECK_FALSE(has(eval, "dropout"));
  const std::string train = codegen::dot_view(legal, in(mode::train));
  CHECK(has(train, "\"conv2d_1\" -> \"batch_norm_1\""));
  CHECK(has(train, "-> \"dropout_1\""));
  CHECK(has(codegen::dot_view(legal, in(mode::eval, "lower")), "\"tensor input\" -> \"conv2d_1\""));
}

TEST_CASE(
    "the description places every tensor inside its region, for a network without a loss too") {
  const auto all = nlohmann::json::parse(
      codegen::description(codegen::declaration_of<without_loss>("without_loss"), {}));
  CHECK_FALSE(all.contains("train"));
  const auto described = nlohmann::json::parse(codegen::description(legal, {}));
  for (const char* m : {"eval", "train"}) {
    const auto& mode = described[m];
    CHECK(mode["arena_bytes"].get<long>() > 0);
    const long kernels = static_cast<long>(mode["kernels"].size());
    for (const auto& t : mode["tensors"]) {
      CAPTURE(t.dump());
      CHECK(t["last"].get<long>() <= kernels);
      if (t["region"] == "part")
        CHECK(4 * (t["offset"].get<long>() + t["floats"].get<long>()) * mode["parts"].get<long>() <=
              mode["arena"]["parts"].get<long>());
    }
  }
}

}  // namespace
