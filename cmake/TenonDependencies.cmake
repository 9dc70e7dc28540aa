# The libraries that Tenon stands on. One that is missing is named together with the Debian package that holds it.
include_guard(GLOBAL)

macro(tenon_need name package)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${name} (${ARGN}) is missing: install the package ${package}, or let ./run build install it.")
  endif()
endmacro()

set(THREADS_PREFER_PTHREAD_FLAG ON)
tenon_need(Threads libc6-dev)
tenon_need(Boost libboost1.81-dev 1.81)                  # Boost::headers: Hana
tenon_need(hwy libhwy-dev 1.0.3)                         # hwy::hwy
tenon_need(fmt libfmt-dev 9)                             # fmt::fmt
tenon_need(CLI11 libcli11-dev 2.1)                       # CLI11::CLI11
tenon_need(nlohmann_json nlohmann-json3-dev 3.11)        # nlohmann_json::nlohmann_json
tenon_need(ZLIB zlib1g-dev)                              # ZLIB::ZLIB
tenon_need(PNG libpng-dev 1.6)                           # PNG::PNG
tenon_need(JPEG libjpeg-dev)                             # JPEG::JPEG, libjpeg-turbo as Debian has it
tenon_need(LibZip libzip-dev)                            # LibZip::libzip, by cmake/FindLibZip.cmake
tenon_need(xxHash libxxhash-dev)                         # xxHash::xxhash, by cmake/FindxxHash.cmake
if(TENON_TESTS)
  tenon_need(doctest doctest-dev 2.4)                    # doctest::doctest
  tenon_need(boost_context libboost-context1.81-dev 1.81) # Boost::context
  find_path(TENON_RANDOM123 Random123/philox.h)
  mark_as_advanced(TENON_RANDOM123)
  if(NOT TENON_RANDOM123)
    message(FATAL_ERROR "Random123 is missing: install the package librandom123-dev, or let ./run build install it.")
  endif()
endif()
if(TENON_BENCH)
  tenon_need(benchmark libbenchmark-dev 1.7)             # benchmark::benchmark
endif()
