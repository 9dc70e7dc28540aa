#include "codegen/show/command.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "codegen/show/view.hpp"

namespace tenon::codegen {
namespace {

bool read_mode(view_options& o, std::string_view name) {
  for (const mode m : {mode::train, mode::eval, mode::eval_mc}) {
    for (const bool single : {false, true}) {
      if (single && m != mode::eval) continue;
      o.in = m, o.single = single;
      if (name_of(o) == name) return true;
    }
  }
  return false;
}

bool read_option(view_options& o, std::string_view flag, const std::string& value) {
  if (flag == "--source")
    o.emit.source = value;
  else if (flag == "--off")
    o.emit.off.push_back(value);
  else if (flag == "--pass")
    o.pass = value;
  else if (flag == "--layer")
    o.layer = value;
  else if (flag == "--mode" && read_mode(o, value))
    return true;
  else if (flag == "--device" && (value == "cuda" || value == "cpu"))
    o.emit.cuda = value == "cuda";
  else if (flag == "--precision")
    return read_precision(o.emit, value);
  else if (flag == "--tuned")
    o.emit.tuned_by = value;
  else if (flag == "--batch" && std::atoi(value.c_str()) > 0)
    o.emit.batch = std::atoi(value.c_str());
  else
    return false;
  return true;
}

// GPUs train, and serve blocks of samples without noise.
void require_on_gpu(const view_options& o) {
  if (o.single || o.in == mode::eval_mc)
    throw unknown_name(
        fmt::format("--mode {}: is of the CPU alone; --cuda has eval and train", name_of(o)));
}

std::string view(const declaration& d, std::string_view what, const view_options& o) {
  if (o.emit.cuda) require_on_gpu(o);
  if (what == "explain") return layers_view(d, o.emit);
  if (what == "passes") return passes_view(d, o);
  if (what == "dot") return dot_view(d, o);
  if (what == "source") return source_view(d, o);
  if (what == "describe") return description(d, o.emit);
  if (what == "schedules") return schedules_view(d, o);
  throw unknown_name(fmt::format("there is no view '{}'", what));
}

}  // namespace

int show(const declaration& d, int argc, char** argv) {
  view_options o;
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 < argc && read_option(o, argv[i], argv[i + 1])) continue;
    fmt::print("cannot read the option {}\n", argv[i]);
    return 2;
  }
  try {
    read_tuned(o.emit, std::string(o.emit.tuned_by));
    if (d.result.legal) {
      fmt::print("{}", view(d, argv[1], o));
      return 0;
    }
    if (argv[1] == std::string_view("explain")) fmt::print("{}", layers_view(d, o.emit));
    fmt::print("{}\n", d.result.sentence().view());
    return 2;
  } catch (const unknown_name& e) {
    fmt::print("{}\n", e.what());
    return 2;
  } catch (const std::exception& e) {  // internal_bug, and what else nobody expects
    fmt::print("{}\n", e.what());
    return 3;
  }
}

}  // namespace tenon::codegen
