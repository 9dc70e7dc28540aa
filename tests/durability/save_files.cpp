// Saves one file of a kind, with content number 1 or 2:  save_files KIND PATH NUMBER
// Exit code 2 and the reason on standard error where it cannot.
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/io/blob.hpp"
#include "runtime/io/csv.hpp"
#include "runtime/io/error.hpp"
#include "runtime/io/file.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/train/state.hpp"
#include "tests/runtime/linear_network.hpp"

namespace {

namespace rt = tenon::runtime;
using path = std::filesystem::path;
using floats = std::vector<float>;

const tenon::network_info& network() { return *tenon::test::classifier().info; }

void save_run_state(const path& to, const floats& image) {
  rt::run_record record;
  record.arguments = "{}";
  record.at.step = static_cast<std::size_t>(image[0]);
  const floats optimizer(tenon::optimizer_slots * image.size(), image[0]);
  rt::save_state(to, network(), record, {.image = image, .optimizer = optimizer, .best = image});
}

void save_metrics(const path& to, const floats& image) {
  rt::metrics_csv csv({"loss"});
  csv.add({.epoch = 1, .values = {{"loss", image[0]}}});
  rt::save_atomically(to, csv.text(), rt::outlives::the_process);
}

const std::map<std::string, std::function<void(const path&, const floats&)>> savers{
    {"state", save_run_state},
    {"weights",
     [](const path& to, const floats& image) { rt::save_weights(to, network(), image, {}); }},
    {"npy",
     [](const path& to, const floats& image) {
       rt::write_npy(to, std::vector<std::size_t>{image.size()}, image);
     }},
    {"npz",
     [](const path& to, const floats& image) {
       rt::save_npz(to, std::vector<rt::tensor_view>{{"a", {image.size()}, image}});
     }},
    {"csv", save_metrics},
    {"blob", [](const path& to, const floats& image) {
       rt::save_blob(to, network().signature, tenon::blob_layout{}, image);
     }}};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || !savers.contains(argv[1])) return 3;
  try {
    savers.at(argv[1])(argv[2], floats(network().image_floats, std::stof(argv[3])));
    return 0;
  } catch (const rt::user_error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  }
}
