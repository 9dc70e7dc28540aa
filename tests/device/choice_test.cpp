// --device: what it accepts, what it takes, what it says where it cannot.
#include "runtime/core/network.hpp"
#include "tests/device/commands.hpp"
#include "tests/runtime/linear_network.hpp"

namespace tenon::test {
namespace {

const std::vector<std::string> gradcheck{"gradcheck", "--elements", "1", "--device"};

outcome on(const std::string& device) {
  std::vector<std::string> words = gradcheck;
  words.push_back(device);
  return call(words);
}

TEST_CASE("words that name no device are refused, with those that do") {
  const fresh_gpu device;
  for (const char* wrong : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0 ", "cuda0", "", "CUDA"})
    refused(on(wrong), "there is no such kind of device; give cpu, cuda, cuda:1");
}

TEST_CASE("an executable without CUDA says how to build one with it") {
  for (const char* device : {"cuda", "cuda:1"}) {
    refused(run(classifier(), {"gradcheck", "--device", device}),
            "this executable was built without CUDA; build it with `tenon build --device cuda`");
  }
  CHECK(run(classifier(), {"gradcheck", "--device", "auto"}).code == 0);
  CHECK(run(classifier(), {"gradcheck", "--device", "cpu"}).code == 0);
  CHECK(run(classifier(), {"info"}).out.find("cpu (built without CUDA)") != std::string::npos);
}

TEST_CASE("no device: the CUDA runtime's words; auto takes the CPU") {
  const fresh_gpu device;
  shim::set_device({.count = 0});
  refused(on("cuda"), "no CUDA device: ");
  refused(on("cuda:1"), "run with --device cpu");
  CHECK(on("auto").code == 0);
  CHECK(shim::counted().launches == 0);
  CHECK(done({"info"}).out.find("devices      cpu (no CUDA device: ") != std::string::npos);
}

TEST_CASE("a number too high names the devices that there are") {
  const fresh_gpu device;
  refused(on("cuda:1"), "--device cuda:1: this machine has 1 CUDA device: cuda:0 (");
  shim::set_device({.count = 2});
  refused(on("cuda:2"), "this machine has 2 CUDA devices: cuda:0 (");
  CHECK(on("cuda:1").code == 0);
}

TEST_CASE("a GPU older than the code for it is refused; auto says so and takes the CPU") {
  const fresh_gpu device;
  shim::set_device({.major = 7, .minor = 5});
  refused(on("cuda"), "has compute capability 7.5, this program holds code for ");
  refused(on("cuda"), "build it again with --cuda-arch 75");
  const outcome o = on("auto");
  CHECK(o.code == 0);
  CHECK_MESSAGE(o.err.starts_with("note: cuda:0 is left alone: "), o.err);
}

TEST_CASE("auto takes the GPU where there is one; the CPU is taken unless asked otherwise") {
  const fresh_gpu device;
  CHECK(call({"gradcheck", "--elements", "1"}).code == 0);
  CHECK(shim::counted().launches == 0);
  CHECK(on("auto").code == 0);
  CHECK(shim::counted().launches > 0);
}

TEST_CASE("info tells what the network takes on a GPU, and the GPUs of the machine") {
  const fresh_gpu device;
  const outcome o = done({"info"});
  CHECK_MESSAGE(o.out.find("on a GPU     ") != std::string::npos, o.out);
  CHECK_MESSAGE(o.out.find("devices      cpu, cuda:0 (") != std::string::npos, o.out);
  const nlohmann::json cuda = done({"info", "--json"}).lines()[0]["cuda"];
  CHECK(cuda["arena_bytes"]["train"] == emitted::crossing::entry().cuda().info->train_arena_bytes);
  CHECK(cuda["devices"].size() == 1);
}

TEST_CASE("doctor tries the device that it is given") {
  const fresh_gpu device;
  const outcome o = done({"doctor", "--device", "cuda"});
  for (const char* line :
       {"devices      cpu, cuda:0 (", "self-test    serving: equal bits twice: ok",
        "self-test    gradients agree with the scalar twin: ok",
        "self-test    training: equal bits twice: ok"})
    CHECK_MESSAGE(o.out.find(line) != std::string::npos, o.out);
}

}  // namespace
}  // namespace tenon::test
