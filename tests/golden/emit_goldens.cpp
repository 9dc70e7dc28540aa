// emit_goldens DIR: the emitted source of a few small networks, each in a folder of its own.
#include <fmt/format.h>

#include <exception>
#include <string>
#include <tenon/dsl.hpp>

#include "codegen/emit.hpp"
#include "tests/codegen/network_value.hpp"

namespace {

using namespace tenon;

template <class List>
void write(const std::string& folder, const char* name, List list, bool cuda = false) {
  const tests::network_value net = tests::as_network(name, list);
  codegen::write_files(
      codegen::emit(net.declaration(),
                    {.batch = 32, .source = "golden.hpp", .off = {}, .cuda = cuda}),
      folder + "/" + name);
}

void write_all(const std::string& folder) {
  write(folder, "perceptron",
        input<5> | linear<7> | relu | residual(linear<7> | tanh_) | linear<3> |
            softmax_cross_entropy);
  write(folder, "convolution",
        input<2, 8, 8> | conv2d<4, 3>(same, no_bias) | batch_norm | relu | max_pool<2> | flatten |
            dropout<drop(0.4)> | linear<3> | softmax_cross_entropy,
        true);
  write(folder, "signal",
        input<1, 12> | branches(conv1d<3, 3>(same), avg_pool<3>(stride<1>, padding<1>)) | concat |
            mean_squared_error);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} DIR\n", argv[0]);
    return 2;
  }
  try {
    write_all(argv[1]);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", argv[0], e.what());
    return 1;
  }
  return 0;
}
