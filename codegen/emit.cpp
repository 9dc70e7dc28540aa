#include "codegen/emit.hpp"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "codegen/passes.hpp"
#include "codegen/print/c_api.hpp"
#include "codegen/print/cuda.hpp"
#include "codegen/print/files.hpp"
#include "codegen/print/names.hpp"
#include "codegen/print/scalar.hpp"
#include "codegen/print/weights.hpp"
#include "codegen/stale.hpp"
#include "codegen/standalone.hpp"

namespace tenon::codegen {
namespace {

constexpr const char* version = "0.1.0";

bool is_off(const emit_options& o, std::string_view name) {
  return std::find(o.off.begin(), o.off.end(), name) != o.off.end();
}

detail::settling settling_of(const emit_options& o) {
  return {.drop_identities = !is_off(o, "drop_identities"),
          .merge_affine = !is_off(o, "merge_affine")};
}

program prepared(program p, const emit_options& o) {
  std::vector<std::string> off = o.off;
  if (o.exact) off.emplace_back("winograd");
  run_passes(p, off);
  return p;
}
program prepared(const declaration& d, mode m, const emit_options& o) {
  program p = lower(d, m, o.batch, settling_of(o));
  p.tuned = o.tuned;
  return prepared(std::move(p), o);
}

std::string origin(const emit_options& o) {
  return fmt::format(
      "Written by tenon {} from {}; do not edit: change the network and build again.", version,
      o.source.empty() ? "its declaration" : o.source);
}

// Of the declaration alone: batch, schedules and passes don't make another network.
std::string signature_of(const program& train) {
  std::string text = train.network;
  for (const layer_record& l : train.layers)
    text += (l.frozen ? "|frozen " : "|") + l.spelling + shape_text(l.out);
  const XXH128_hash_t h = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", h.high64, h.low64);
}

// Whether anything in the program is drawn.
bool is_random(const program& p) {
  return std::any_of(p.kernels.begin(), p.kernels.end(), [](const kernel& k) {
    const std::vector<const node*> nodes = in_order(k.value);
    return std::any_of(nodes.begin(), nodes.end(),
                       [](const node* n) { return n->kind == op::uniform || n->kind == op::draw; });
  });
}

program on_warps(const declaration& d, mode m, const emit_options& o) {
  program p = lower(d, m, o.batch, settling_of(o));
  p.on = warps;
  p.on.products = o.products;
  return prepared(std::move(p), o);
}

// Checkpoints know nothing of devices: parameters lie in the same places everywhere.
void require_same_image(const program& cpu, const program& gpu) {
  for (std::size_t t = 0; t < cpu.tensors.size(); ++t) {
    const tensor& x = cpu.tensors[t];
    if (x.what != role::parameter && x.what != role::buffer) continue;
    if (gpu.tensors.at(t).name != x.name || gpu.storages[t].offset != cpu.storages[t].offset ||
        gpu.layouts[t].stride != cpu.layouts[t].stride)
      throw internal_bug("parameter " + x.name + " lies elsewhere on a GPU");
  }
}

cuda_programs for_cuda(const declaration& d, const emit_options& o, const program& train) {
  cuda_programs all{.eval = on_warps(d, mode::eval, o), .train = on_warps(d, mode::train, o)};
  require_same_image(train, all.train);
  return all;
}

program twin(const declaration& d, const emit_options& o) {
  program p = lower(d, mode::train, o.batch);
  differentiate_with_input(p);
  drop_moves(p);
  remove_dead(p);
  return p;
}

}  // namespace

std::string heading(const edition& e, const std::string& what) {
  return fmt::format("{}, {}. {}", e.name(), what, origin(e.options));
}

namespace {

std::vector<emitted_file> source_files(const edition& e) {
  const std::string& name = e.name();
  const std::string scalar =
      e.trains ? print_scalar(e.twin, origin(e.options))
               : "// " + heading(e, "double twin") +
                     "\n// The network has no loss, so there is no gradient to check.\n";
  std::vector<emitted_file> files{{"emitted/" + name + ".hpp", print_header(e)},
                                  {"emitted/" + name + ".h", print_c_header(e)},
                                  {name + "_eval.cc", print_eval(e) + print_c_definitions(e)},
                                  {name + "_train.cc", print_train(e)}};
  if (e.samples) files.push_back({name + "_eval_mc.cc", print_eval_mc(e)});
  files.push_back({name + "_fold.cc", print_fold(e)});
  files.push_back({name + "_info.cc", print_info(e)});
  files.push_back({name + "_scalar.cc", scalar});
  if (e.cuda) {
    files.push_back({"emitted/" + name + "_cuda.hpp", print_cuda_header(e)});
    files.push_back({name + ".cu", print_cuda(e)});
    files.push_back({name + "_cuda_info.cu", print_cuda_info(e)});
  }
  if (e.options.embed) {
    files.push_back({"emitted/" + name + "_weights.hpp", print_weights_header(e)});
    files.push_back({"emitted/" + name + "_weights.h", print_weights_c_header(e)});
    files.push_back({name + "_weights.cc", print_weights(e)});
    files.push_back({name + "_defaults.cc", print_defaults(e)});
  }
  if (e.options.standalone) {
    for (emitted_file& f : standalone_files(version, e.options.cuda)) files.push_back(std::move(f));
  }
  return files;
}

// What an application compiles: not the tables and the twin, which serve the executable.
std::string by_hand(const edition& e) {
  std::string sources = fmt::format("{0}_eval.cc {0}_train.cc {0}_fold.cc", e.name());
  if (e.samples) sources += fmt::format(" {}_eval_mc.cc", e.name());
  std::string includes = "-I.";
  if (e.options.standalone) {
    for (const carried_file& f : carried_files()) {
      if (f.path.ends_with(".cpp")) sources += fmt::format(" {}", f.path);
    }
  } else {
    includes += " -I<include of tenon> -I<include of tenon>/tenon";
  }
  return fmt::format(
      "c++ -std=c++20 -O3 -ffp-contract=off -march=native -DHWY_COMPILE_ONLY_STATIC {} -c {}",
      includes, sources);
}

// The unit on a GPU; such a program links cudart beside.
std::string cuda_by_hand(const edition& e) {
  return fmt::format(
      "nvcc -std=c++20 -O3 --expt-relaxed-constexpr -fmad=false -arch=native -I.{} -c {}.cu",
      e.options.standalone ? "" : " -I<include of tenon> -I<include of tenon>/tenon", e.name());
}

std::string print_manifest(const edition& e, const std::vector<emitted_file>& files) {
  nlohmann::ordered_json j;
  j["generator"] = fmt::format("tenon {}", version);
  j["network"] = e.name();
  j["source"] = e.options.source;
  j["signature"] = e.signature;
  j["batch"] = e.options.batch;
  j["block"] = e.eval.block;
  j["most_singles"] = most_singles(e.eval, e.single);
  j["passes_off"] = e.options.off;
  j["standalone"] = e.options.standalone;
  j["embed"] = e.options.embed;
  if (e.options.cuda) j["cuda"] = true;
  if (e.options.cuda && e.options.products != precision::float32)
    j["precision"] = e.options.products == precision::tf32 ? "tf32" : "bf16";
  if (!e.options.tuned_by.empty()) j["tuned"] = e.options.tuned_by;
  for (const emitted_file& f : files) j["files"].push_back(f.path);
  j["compile"] = by_hand(e);
  if (e.options.cuda) j["compile_cuda"] = cuda_by_hand(e);
  return j.dump(2) + "\n";
}

}  // namespace

std::vector<emitted_file> emit(const declaration& d, const emit_options& options) {
  edition e{.d = d,
            .options = options,
            .eval = prepared(d, mode::eval, options),
            .train = prepared(d, mode::train, options),
            .eval_mc = {},
            .signature = {},
            .twin = {}};
  e.single = prepared(lower_single(d, settling_of(options)), options);
  e.trains = e.train.loss >= 0;
  if (e.trains) e.twin = twin(d, options);
  const auto is_noise = [](const layer_hooks& h) { return h.is_noise; };
  if (std::any_of(d.hooks.begin(), d.hooks.end(), is_noise)) {
    e.eval_mc = prepared(d, mode::eval_mc, options);
    e.samples = is_random(e.eval_mc);
  }
  if (options.cuda) e.cuda = for_cuda(d, options, e.train);
  e.signature = signature_of(e.train);
  std::vector<emitted_file> files = source_files(e);
  files.push_back({"manifest.json", print_manifest(e, files)});
  return files;
}

int write_files(const std::vector<emitted_file>& files, const std::string& folder) {
  namespace fs = std::filesystem;
  for (const emitted_file& f : files)
    if (f.path == "manifest.json") remove_stale(folder, f.text);
  int written = 0;
  for (const emitted_file& f : files) {
    const fs::path path = fs::path(folder) / f.path;
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    std::ifstream old(path, std::ios::binary);
    std::stringstream content;
    content << old.rdbuf();
    if (old && content.str() == f.text) continue;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << f.text;
    out.close();
    if (!out)
      throw std::runtime_error(fmt::format(
          "cannot write {}; is the folder writable, and is there room?", path.string()));
    ++written;
  }
  return written;
}

namespace {

bool* flag_of(emit_options& options, std::string_view flag) {
  if (flag == "--exact") return &options.exact;
  if (flag == "--standalone") return &options.standalone;
  if (flag == "--embed") return &options.embed;
  if (flag == "--cuda") return &options.cuda;
  return nullptr;
}

}  // namespace

bool read_precision(emit_options& options, std::string_view name) {
  constexpr std::pair<std::string_view, precision> known[] = {
      {"float32", precision::float32}, {"tf32", precision::tf32}, {"bf16", precision::bf16}};
  for (const auto& [word, products] : known) {
    if (word == name) options.products = products;
    if (word == name) return true;
  }
  return false;
}

void read_tuned(emit_options& options, const std::string& file) {
  if (file.empty()) return;
  std::ifstream from(file, std::ios::binary);
  std::stringstream content;
  content << from.rdbuf();
  if (!from)
    throw std::runtime_error(
        fmt::format("--tuned {}: cannot read it; tenon tune -o writes such a file", file));
  options.tuned = read_tuning(content.str(), file);
  options.tuned_by = std::filesystem::path(file).filename().string();
}

int generate(const declaration& d, int argc, char** argv) {
  emit_options options;
  std::string output, tuned;
  const auto usage = [&](const std::string& what) {
    fmt::print(stderr,
               "{}: error: {}; usage: {} --output DIR [--batch N] [--source NAME] [--off PASS]... "
               "[--exact] [--standalone] [--embed] [--cuda] [--precision float32|tf32|bf16] "
               "[--tuned FILE]\n",
               argv[0], what, argv[0]);
    return 2;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (bool* const set = flag_of(options, flag)) {
      *set = true;
      continue;
    }
    if (i + 1 == argc) return usage(fmt::format("{} needs a value", flag));
    const std::string value = argv[++i];
    if (flag == "--output")
      output = value;
    else if (flag == "--source")
      options.source = value;
    else if (flag == "--off")
      options.off.push_back(value);
    else if (flag == "--tuned")
      tuned = value;
    else if (flag == "--precision" && read_precision(options, value))
      continue;
    else if (flag == "--batch" && std::atoi(value.c_str()) > 0)
      options.batch = std::atoi(value.c_str());
    else
      return usage(fmt::format("unknown option or value: {} {}", flag, value));
  }
  if (output.empty()) return usage("no --output");
  try {
    read_tuned(options, tuned);
    write_files(emit(d, options), output);
  } catch (const internal_bug& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 3;
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: error: {}\n", argv[0], e.what());
    return 2;
  }
  return 0;
}

}  // namespace tenon::codegen
