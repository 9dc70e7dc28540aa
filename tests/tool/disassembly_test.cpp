// objdump's listing, cut down to what a reader of one layer wants.
#include "codegen/tool/disassembly.hpp"

#include <doctest/doctest.h>

namespace {

using tenon::tool::readable_assembly;

// As GNU objdump 2.40 writes it with -d -C --no-show-raw-insn -l --inlines.
constexpr std::string_view listing = R"(
e.o:     file format elf64-x86-64

0000000000000000 <emitted::net::eval_kernels::N_AVX3::linear_10(float const*, float*)>:
/cache/net_eval.cc:1
       0:	ret

0000000000000010 <emitted::net::eval_kernels::N_AVX3::linear_1(float const*, float*)>:
_mm512_load_ps(void const*):
/usr/include/avx512fintrin.h:422
inlined by /usr/include/hwy/ops/x86_512-inl.h:1915 (Load)
inlined by /cache/net_eval.cc:3 (_ZN7emitted)
      10:	vmovaps (%rdi),%zmm0
      16:	vmovaps 0x40(%rdi),%zmm1
emitted::net::eval_kernels::N_AVX3::linear_1(float const*, float*):
/cache/net_eval.cc:2
      1c:	jne    10 <emitted::net::eval_kernels::N_AVX3::linear_1(float const*, float*)+0x4>
/cache/other_net_eval.cc:1
      20:	call   30 <emitted::net::eval_kernels::N_AVX3::tail(float*)>
)";
constexpr std::string_view source = "void linear_10\n  for (;;)\n    Load(d, x);\n";

TEST_CASE("one function remains, with the lines of the emitted source and no others") {
  CHECK(readable_assembly(listing, "/cache/net_eval.cc", source, {"linear_1"}) ==
        R"(emitted::net::eval_kernels::N_AVX3::linear_1:
    // 3: Load(d, x);
              10:  vmovaps (%rdi),%zmm0
              16:  vmovaps 0x40(%rdi),%zmm1
    // 2: for (;;)
              1c:  jne    10
              20:  call   30 <emitted::net::eval_kernels::N_AVX3::tail(float*)>
)");
}

TEST_CASE("functions that are not there leave nothing") {
  CHECK(readable_assembly(listing, "/cache/net_eval.cc", source, {"linear_2", "linear"}).empty());
}

}  // namespace
