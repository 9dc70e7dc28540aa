// emit_networks DIR PARTS LIST[:PASS]...: the emitted source of all networks of the lists, each
// without the pass after its colon; the units that compile them, part_0.cc to part_<PARTS - 1>.cc;
// and tables.cc, which gives their entries.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "tests/emitted/networks.hpp"

namespace {

using tenon::codegen::emitted_file;

// Reading Highway takes longer than compiling a small network, so many networks share a unit: it
// takes the part of the file that foreach_target.h compiles again for each target, and takes it
// back from each network at its end.
std::string unit_of(const std::vector<std::string>& names, const std::set<std::string>& sampled,
                    std::size_t part, std::size_t parts) {
  const std::string here = fmt::format("part_{}.cc", part);
  const std::string take =
      "#undef HWY_TARGET_INCLUDE\n#define HWY_TARGET_INCLUDE \"" + here + "\"\n";
  std::string text = take + "#include <hwy/foreach_target.h>\n#include <hwy/highway.h>\n";
  for (std::size_t i = part; i < names.size(); i += parts) {
    text += fmt::format("#include \"{0}_eval.cc\"\n#include \"{0}_train.cc\"\n", names[i]);
    const std::string sampling = names[i] + "_eval_mc.cc";
    if (sampled.contains(sampling)) text += fmt::format("#include \"{}\"\n", sampling);
  }
  return text + take;
}

std::string tables_of(const std::vector<std::string>& names) {
  std::string text, entries;
  for (const std::string& name : names) {
    text += fmt::format("#include \"{0}_fold.cc\"\n#include \"{0}_info.cc\"\n", name);
    text += fmt::format("#include \"{0}_scalar.cc\"\n", name);
    entries += fmt::format("      &emitted::{}::entry(),\n", name);
  }
  return text +
         "\n#include \"tests/emitted/entries.hpp\"\n\nstd::span<const tenon::network_entry* const> "
         "entries() {\n"
         "  static const tenon::network_entry* const all[] = {\n" +
         entries + "  };\n  return all;\n}\n";
}

void emit_all(const std::string& folder, std::size_t parts, const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  std::vector<emitted_file> files;
  std::set<std::string> sampled;
  for (const std::string& list : lists) {
    const std::string off = tenon::tests::pass_off(list);
    for (const tenon::tests::network_value& net : tenon::tests::networks_of(list)) {
      tenon::codegen::emit_options how{
          .batch = tenon::tests::capacity, .source = "networks.cpp", .off = {}};
      if (!off.empty()) how.off.push_back(off);
      names.push_back(net.name);
      for (emitted_file& f : tenon::codegen::emit(net.declaration(), how)) {
        if (f.path == "manifest.json") continue;  // all have one name
        if (f.path.ends_with("_eval_mc.cc")) sampled.insert(f.path);
        files.push_back(std::move(f));
      }
    }
  }
  // Units change when what they include changes: Ninja builds again only what was written again.
  std::size_t text = 0;
  for (const emitted_file& f : files) text = 31 * text + std::hash<std::string>()(f.text);
  for (std::size_t part = 0; part < parts; ++part)
    files.push_back({fmt::format("part_{}.cc", part),
                     fmt::format("// {:x}\n", text) + unit_of(names, sampled, part, parts)});
  files.push_back({"tables.cc", fmt::format("// {:x}\n", text) + tables_of(names)});
  tenon::codegen::write_files(files, folder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || std::atoi(argv[2]) < 1) {
    fmt::print(stderr, "usage: {} DIR PARTS LIST[:PASS]...\n", argv[0]);
    return 2;
  }
  try {
    emit_all(argv[1], static_cast<std::size_t>(std::atoi(argv[2])), {argv + 3, argv + argc});
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
  return 0;
}
