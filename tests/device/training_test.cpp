// A training on a GPU: as on the CPU within rounding, the same bits again, resumed on either.
#include <utility>

#include "runtime/io/npy.hpp"
#include "tests/device/commands.hpp"
#include "tests/runtime/small_data.hpp"

namespace tenon::test {
namespace {

outcome trained(const std::string& device, const std::string& output,
                const std::vector<std::string>& more = {}, const char* epochs = "3") {
  std::vector<std::string> words{"train",  "--data",     small_data(), "--epochs", epochs,
                                 "--opt",  "adam",       "--lr",       "0.01",     "--val-fraction",
                                 "0.2",    "--device",   device,       "--output", output,
                                 "--json", "--overwrite"};
  words.insert(words.end(), more.begin(), more.end());
  return done(words);
}

outcome resumed(const std::string& device, const std::string& output) {
  return done({"train", "--resume", output, "--device", device, "--json", "--epochs", "6"});
}

double number(const outcome& o, const char* name) { return o.lines().back()[name].get<double>(); }
std::string bits(const outcome& o) { return o.lines().back()["hash"]; }

// Rounding grows from step to step: 6 steps of Adam turn 1e-7 into 1e-4 at most.
constexpr double tolerance = 1e-3;

void check_close(const outcome& a, const outcome& b) {
  const auto one = a.lines(), other = b.lines();
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i + 1 < one.size(); ++i) {
    for (const char* name : {"train_loss", "val_loss"})
      CHECK(one[i][name].get<double>() ==
            doctest::Approx(other[i][name].get<double>()).epsilon(tolerance));
  }
  CHECK(number(a, "test_loss") == doctest::Approx(number(b, "test_loss")).epsilon(tolerance));
  CHECK(number(a, "test_top1") == number(b, "test_top1"));
}

TEST_CASE("a GPU trains as the CPU does, and to the same bits each time") {
  const fresh_gpu device;
  const std::vector<std::vector<std::string>> variants = {
      {},
      {"--accumulate", "2"},
      {"--model-ema", "--model-ema-decay", "0.9"},
      {"--class-weights", "balanced"},
      {"--clip-grad", "0.1", "--weight-decay", "0.01"},
  };
  for (const auto& more : variants) {
    CAPTURE(more);
    shim::reset();
    const outcome cpu = trained("cpu", "cpu", more), gpu = trained("cuda", "gpu", more);
    check_close(cpu, gpu);
    CHECK(bits(cpu) != bits(gpu));  // no CPU stood in for the GPU
    for (const shim::order order : {shim::order::reverse, shim::order::shuffled}) {
      shim::set_order(order);
      CHECK(bits(trained("cuda", "again", more)) == bits(gpu));
    }
    // Copies and kernels that run as late as streams allow: what waits for nothing would show.
    shim::set_order(shim::order::forward);
    shim::set_deferred(true);
    CHECK(bits(trained("cuda", "late", more)) == bits(gpu));
    shim::set_deferred(false);
  }
}

TEST_CASE("a run goes on on the other device, and nothing of it is remembered") {
  const fresh_gpu device;
  trained("cpu", "whole");
  const outcome whole = resumed("cpu", "whole");
  const std::pair<const char*, const char*> ways[] = {
      {"cpu", "cuda"}, {"cuda", "cpu"}, {"cuda", "cuda:0"}};
  for (const auto& way : ways) {
    const char *const first = way.first, *const second = way.second;
    CAPTURE(first);
    CAPTURE(second);
    trained(first, "crossed");
    const outcome crossed = resumed(second, "crossed");
    CHECK(number(crossed, "test_loss") ==
          doctest::Approx(number(whole, "test_loss")).epsilon(tolerance));
    CHECK(number(crossed, "epochs") == 6);
  }
}

TEST_CASE("a run that is resumed on the GPU has the bits of one that was never stopped") {
  const fresh_gpu device;
  trained("cuda", "stopped");
  const outcome whole = trained("cuda", "never", {}, "6");
  CHECK(bits(resumed("cuda", "stopped")) == bits(whole));
}

TEST_CASE("weights stay on the GPU while nobody asks for them") {
  const fresh_gpu device;
  const auto copies = [](const std::vector<std::string>& more, const char* epochs = "3") {
    shim::reset();
    const long before = shim::counted().copies;
    trained("cuda", "counted", more, epochs);
    return shim::counted().copies - before;
  };
  // Two steps an epoch. Without an average the weights come at the end of each epoch, for the
  // checkpoint; with one after each step.
  const long three = copies({}), six = copies({}, "6");
  CHECK(copies({"--model-ema", "--model-ema-decay", "0.9"}) - three == 3);
  // Samples, targets, loss, outputs, whether all is finite; and an epoch's end: weights, optimizer,
  // evaluation.
  CHECK((six - three) / 3 <= 2 * 7 + 6);
}

TEST_CASE("weights that became infinite on the GPU end the run as on the CPU") {
  const fresh_gpu device;
  for (const char* where : {"cpu", "cuda"}) {
    const outcome o =
        call({"train", "--data", small_data(1e30F, "large"), "--epochs", "2", "--lr", "1e30",
              "--device", where, "--output", "diverged", "--overwrite", "--standardize", "none"});
    CHECK(o.code == 1);
    CHECK_MESSAGE(o.err.find("training diverged at step") != std::string::npos, o.err);
  }
}

std::vector<float> predicted(const std::string& device, const char* how) {
  done({"predict", "--weights", "served/last.safetensors", "--input", "data/x.npy", "--device",
        device, "--output", "y.npy", how, "--json"});
  const runtime::npy_array y = runtime::read_npy("y.npy");
  return y.floats();
}

TEST_CASE("a GPU serves what the CPU serves: logits, probabilities, scores") {
  const fresh_gpu device;
  trained("cpu", "served");
  for (const bool late : {false, true}) {
    shim::set_deferred(late);
    const auto cpu = predicted("cpu", "--logits"), gpu = predicted("cuda", "--logits");
    REQUIRE(cpu.size() == gpu.size());
    for (std::size_t i = 0; i < cpu.size(); ++i)
      CHECK(gpu[i] == doctest::Approx(cpu[i]).epsilon(1e-5));
  }
  shim::set_deferred(false);
  const auto drawn = [](const char* where) {
    return done({"predict", "--weights", "served/last.safetensors", "--input", "data/x.npy",
                 "--samples", "2", "--device", where, "--json"});
  };
  CHECK(drawn("cuda").out == drawn("cpu").out);
  CHECK(drawn("cuda").err.starts_with("note: --samples draws on the CPU"));
  const auto score = [](const char* where) {
    return done({"eval", "--weights", "served/last.safetensors", "--data", small_data(), "--part",
                 "all", "--device", where, "--json"});
  };
  CHECK(number(score("cuda"), "loss") ==
        doctest::Approx(number(score("cpu"), "loss")).epsilon(1e-5));
  CHECK(number(score("cuda"), "top1") == number(score("cpu"), "top1"));
}

TEST_CASE(
    "what else looks at weights does so on a GPU: recalibration, landscapes, rates, averages") {
  const fresh_gpu device;
  trained("cpu", "looked");
  const std::string weights = "looked/last.safetensors";
  const auto on = [&](std::vector<std::string> words, const char* where) {
    words.insert(words.end(), {"--device", where, "--json"});
    return done(words);
  };
  const std::vector<std::string> landscape{"landscape",  "--weights", weights, "--data",
                                           small_data(), "--points",  "3"};
  const auto cpu = on(landscape, "cpu").lines()[0], gpu = on(landscape, "cuda").lines()[0];
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(gpu["points"][i]["loss"].get<double>() ==
          doctest::Approx(cpu["points"][i]["loss"].get<double>()).epsilon(1e-4));

  for (const char* where : {"cpu", "cuda"}) {
    on({"recalibrate", "--weights", weights, "--data", small_data(), "--output",
        std::string(where) + ".safetensors"},
       where);
  }
  const auto loss = [&](const std::string& file) {
    return number(on({"eval", "--weights", file, "--data", small_data()}, "cpu"), "loss");
  };
  CHECK(loss("cuda.safetensors") == doctest::Approx(loss("cpu.safetensors")).epsilon(1e-5));
  CHECK(loss("cuda.safetensors") != loss(weights));

  on({"train", "--data", small_data(), "--find-lr", "--output", "rates", "--overwrite"}, "cuda");
  on({"gradcheck", "--elements", "2"}, "cuda");
  const auto bench = on({"bench", "--seconds", "0.01"}, "cuda").lines();
  CHECK(bench.size() == 2);
  for (const auto& line : bench) {
    CHECK(line["median_us"].get<double>() > 0);
    CHECK(line["from_cpu_median_us"].get<double>() > 0);
  }
  CHECK(bench[0]["device"].get<std::string>().starts_with("cuda:0 ("));
  trained("cuda", "mean", {"--swa-start", "2"});
}

}  // namespace
}  // namespace tenon::test
