// A GPU that fails: one line that says what to do, exit code 2, and nothing lost.
#include <filesystem>

#include "tests/device/commands.hpp"
#include "tests/runtime/small_data.hpp"

namespace tenon::test {
namespace {

std::vector<std::string> training(const std::string& output) {
  return {"train", "--data",   small_data(), "--epochs",    "2",     "--device",
          "cuda",  "--output", output,       "--overwrite", "--json"};
}

TEST_CASE(
    "any allocation may fail: bytes needed and free are named, and all memory is given back") {
  const fresh_gpu device;
  const std::size_t before = shim::counted().allocated;
  long which = 0;
  for (outcome o{2, "", ""}; o.code != 0;) {
    shim::reset();
    shim::fail_allocation(++which);
    o = call(training("memory"));
    CHECK(shim::counted().allocated == before);
    if (o.code == 0) break;
    CAPTURE(which);
    refused(o, "cuda:0: the network needs ");
    refused(o, " bytes more there, ");
    refused(o, " are free; end what else uses the GPU, or build with a smaller --batch");
    REQUIRE(which < 100);
  }
  CHECK(which > 4);  // several were tried
}

TEST_CASE("a GPU that is too small says how small") {
  const fresh_gpu device;
  shim::set_device({.memory = 4096});
  refused(call(training("small")), " of 4096 are free");
}

TEST_CASE("a GPU that is lost ends the run, whose last state goes on on the CPU") {
  const fresh_gpu device;
  shim::reset();
  const outcome whole = done(training("counted"));
  const long launches = shim::counted().launches;
  REQUIRE(launches > 10);
  for (const long share : {1L, 3L, 9L}) {
    shim::reset();
    std::filesystem::remove_all("lost");
    shim::lose_device(launches * share / 10);
    const outcome o = call(training("lost"));
    refused(o, "cuda:0: the GPU failed or was lost");
    if (!std::filesystem::exists("lost/state")) continue;
    refused(o, " keeps ");  // the state, or the weights where the run had ended
    const outcome rest = done({"train", "--resume", "lost", "--device", "cpu", "--json"});
    CHECK(rest.lines().back()["test_loss"].get<double>() ==
          doctest::Approx(whole.lines().back()["test_loss"].get<double>()).epsilon(1e-3));
  }
}

TEST_CASE("a GPU that is lost while it serves says so") {
  const fresh_gpu device;
  done(training("serving"));
  for (long launch = 1; launch < 4; ++launch) {
    shim::reset();
    shim::lose_device(launch);
    refused(call({"eval", "--weights", "serving/last.safetensors", "--data", small_data(), "--part",
                  "all", "--device", "cuda"}),
            "cuda:0: ");
  }
}

}  // namespace
}  // namespace tenon::test
