// emit_networks DIR PARTS LIST[:PASS]...: the emitted source of all networks of the lists, each
// without the pass after its colon; the units that compile them, part_0.cc to part_<PARTS - 1>.cc;
// and tables.cc, which gives their entries. With --cuda before DIR: what runs them on a GPU
// instead, cuda_part_0.cu and so on, and cuda_tables.cc.
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

// The units of a GPU are C++ without targets: they are taken in whole.
std::string cuda_unit_of(const std::vector<std::string>& names, std::size_t part,
                         std::size_t parts) {
  std::string text;
  for (std::size_t i = part; i < names.size(); i += parts)
    text += fmt::format("#include \"{0}.cu\"\n#include \"{0}_cuda_info.cu\"\n", names[i]);
  return text;
}

std::string cuda_tables_of(const std::vector<std::string>& names) {
  std::string declared, entries;
  for (const std::string& name : names) {
    declared += fmt::format(
        "namespace emitted::{0} {{ const tenon::network_entry& entry() noexcept; "
        "namespace cuda {{ const tenon::cuda_network& entry() noexcept; }} }}\n",
        name);
    entries +=
        fmt::format("      on_device(emitted::{0}::entry(), emitted::{0}::cuda::entry),\n", name);
  }
  return "#include \"tests/emitted/entries.hpp\"\n\n" + declared + R"(
namespace {

tenon::network_entry on_device(tenon::network_entry network,
                               const tenon::cuda_network& (*cuda)() noexcept) {
  network.cuda = cuda;
  return tenon::device_entry(network);
}

}  // namespace

std::span<const tenon::network_entry> cuda_entries() {
  static const tenon::network_entry all[] = {
)" + entries +
         "  };\n  return all;\n}\n";
}

bool of_cuda(const std::string& path) {
  return path.ends_with(".cu") || path.ends_with("_cuda.hpp");
}

// A comment that changes with the text of any network: Ninja builds units again only when they were
// written again.
std::string mark_of(const std::vector<emitted_file>& files) {
  std::size_t text = 0;
  for (const emitted_file& f : files) text = 31 * text + std::hash<std::string>()(f.text);
  return fmt::format("// {:x}\n", text);
}

void emit_all(const std::string& folder, std::size_t parts, const std::vector<std::string>& lists,
              bool cuda) {
  std::vector<std::string> names;
  std::vector<emitted_file> files;
  std::set<std::string> sampled;
  for (const std::string& list : lists) {
    const std::string off = tenon::tests::pass_off(list);
    for (const tenon::tests::network_value& net : tenon::tests::networks_of(list)) {
      tenon::codegen::emit_options how{
          .batch = tenon::tests::capacity, .source = "networks.cpp", .off = {}, .cuda = cuda};
      if (!off.empty()) how.off.push_back(off);
      tenon::codegen::read_precision(how, tenon::tests::precision_of(list));
      names.push_back(net.name);
      for (emitted_file& f : tenon::codegen::emit(net.declaration(), how)) {
        if (f.path == "manifest.json") continue;  // all have one name
        if (cuda && !of_cuda(f.path)) continue;
        if (f.path.ends_with("_eval_mc.cc")) sampled.insert(f.path);
        files.push_back(std::move(f));
      }
    }
  }
  const std::string mark = mark_of(files);
  for (std::size_t part = 0; part < parts; ++part) {
    if (cuda)
      files.push_back(
          {fmt::format("cuda_part_{}.cu", part), mark + cuda_unit_of(names, part, parts)});
    else
      files.push_back(
          {fmt::format("part_{}.cc", part), mark + unit_of(names, sampled, part, parts)});
  }
  if (cuda)
    files.push_back({"cuda_tables.cc", mark + cuda_tables_of(names)});
  else
    files.push_back({"tables.cc", mark + tables_of(names)});
  tenon::codegen::write_files(files, folder);
}

}  // namespace

int main(int argc, char** argv) {
  const bool cuda = argc > 1 && std::string(argv[1]) == "--cuda";
  const std::vector<std::string> rest(argv + (cuda ? 2 : 1), argv + argc);
  if (rest.size() < 3 || std::atoi(rest[1].c_str()) < 1) {
    fmt::print(stderr, "usage: {} [--cuda] DIR PARTS LIST[:PASS]...\n", argv[0]);
    return 2;
  }
  try {
    emit_all(rest[0], static_cast<std::size_t>(std::atoi(rest[1].c_str())),
             {rest.begin() + 2, rest.end()}, cuda);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
  return 0;
}
