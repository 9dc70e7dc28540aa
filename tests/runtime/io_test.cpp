// File formats: what is written is read back, and what is broken is refused with a reason.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "runtime/io/blob.hpp"
#include "runtime/io/csv.hpp"
#include "runtime/io/file.hpp"
#include "runtime/io/hash.hpp"
#include "runtime/io/idx.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/io/npz.hpp"
#include "runtime/io/plot.hpp"
#include "runtime/io/safetensors.hpp"
#include "tests/runtime/files.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
using shape = std::vector<std::size_t>;

bytes to_bytes(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::string to_string(const bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// An .npy file with this dictionary and data.
std::string npy(std::string_view dictionary, std::string_view data, char version = 1) {
  std::string text = std::string("\x93NUMPY") + version + '\0';
  const auto length = static_cast<std::uint32_t>(dictionary.size());
  text += version == 1 ? little_endian(static_cast<std::uint16_t>(length)) : little_endian(length);
  return text.append(dictionary).append(data);
}

std::string refusal_of_npy(std::string_view content) {
  write("bad.npy", content);
  return refusal<user_error>([] { read_npy("bad.npy"); });
}

TEST_CASE("npy: floats come back as they were, at data aligned to 64 bytes") {
  const std::vector<float> values{1, -2.5F, 3e-40F, std::numeric_limits<float>::infinity(), 0, 6};
  for (const shape& s : {shape{6}, shape{2, 3}, shape{1, 2, 3, 1}}) {
    write_npy("floats.npy", s, values);
    const npy_array a = read_npy("floats.npy");
    CHECK(a.shape == s);
    CHECK(a.floats() == values);
    CHECK((std::filesystem::file_size("floats.npy") - 24) % 64 == 0);
  }
}

TEST_CASE("npy: versions 1 to 3 and all types of numbers") {
  for (const char version : {'\1', '\2', '\3'}) {
    write("v.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n",
                       little_endian(1.5F) + little_endian(2.5F), version));
    CHECK(read_npy("v.npy").floats() == std::vector<float>{1.5F, 2.5F});
  }
  write("t.npy",
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", little_endian(0.25)));
  CHECK(read_npy("t.npy").floats() == std::vector<float>{0.25F});
  write("t.npy", npy("{'shape': (2,1), 'fortran_order': False, 'descr': '<i8'}",
                     little_endian(std::int64_t{-3}) + little_endian(std::int64_t{7})));
  CHECK(read_npy("t.npy").integers("t") == std::vector<std::int32_t>{-3, 7});
  write("t.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", "\x01\x02\xff"));
  CHECK(read_npy("t.npy").floats() == std::vector<float>{1, 2, 255});
  write("t.npy", npy("{'descr': '<u2', 'fortran_order': True, 'shape': ()}",
                     "\x01\x01"));  // Fortran order means nothing here
  CHECK(read_npy("t.npy").integers("t") == std::vector<std::int32_t>{257});
}

TEST_CASE("npy: what is not read is refused with a reason") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  CHECK(refusal_of_npy("no array") != "");
  CHECK(refusal_of_npy("").find("ends") != 0);
  CHECK(refusal_of_npy(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", ""))
            .find("pickled") != std::string::npos);
  CHECK(refusal_of_npy(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "1234"))
            .find(">f4") != std::string::npos);
  CHECK(refusal_of_npy(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}", "12345678"))
            .find("Fortran") != std::string::npos);
  CHECK(refusal_of_npy(
            npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234"))
            .find("structured") != std::string::npos);
  CHECK(refusal_of_npy(npy(good, "1234567")).find("need 8 bytes") !=
        std::string::npos);  // truncated
  CHECK(refusal_of_npy(npy(good, "123456789")).find("more than") != std::string::npos);  // oversize
  CHECK(refusal_of_npy(npy(good, "12345678", 9)).find("version 9") != std::string::npos);
  CHECK(refusal_of_npy(npy(good + " evil()", "12345678")).find("text after") != std::string::npos);
  CHECK(refusal_of_npy(npy("{'descr': '<f4', 'shape': (2,)}", "12345678")).find("lacks") !=
        std::string::npos);
  CHECK(
      refusal_of_npy(
          npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999)}", ""))
          .find("addresses") != std::string::npos);
  CHECK(refusal_of_npy(
            npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999,)}", "1234"))
            .find("need") != std::string::npos);
  CHECK(refusal_of_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "1234"))
            .find("not a number") != std::string::npos);
}

TEST_CASE("npy: every truncation of a file is refused") {
  const std::string whole =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "12345678");
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK_MESSAGE(refusal_of_npy(whole.substr(0, n)) != "", n);
  CHECK(refusal_of_npy(whole) == "");
}

TEST_CASE("idx: plain and gzip; wrong headers and lengths are refused") {
  const std::string head = big_endian(0x803) + big_endian(2) + big_endian(1) + big_endian(3);
  write("a.idx", head + "abcdef");
  write_gz("a.idx.gz", head + "abcdef");
  for (const char* path : {"a.idx", "a.idx.gz"}) {
    const idx_array a = read_idx(path, 3);
    CHECK(a.shape == shape{2, 1, 3});
    CHECK(a.data == std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
  }
  const auto refused = [](const std::string& content, std::size_t rank) {
    write("bad.idx", content);
    return refusal<user_error>([&] { read_idx("bad.idx", rank); });
  };
  CHECK(refused(head + "abcdef", 1).find("has 3 dimensions") != std::string::npos);
  CHECK(refused(head + "abcde", 3).find("need 6 bytes") != std::string::npos);
  CHECK(refused(head + "abcdefg", 3).find("more than") != std::string::npos);
  CHECK(refused(big_endian(0x0D03) + head.substr(4) + "abcdef", 3).find("unsigned bytes") !=
        std::string::npos);
  CHECK(refused(big_endian(0x803) + std::string(12, '\xff'), 3).find("addresses") !=
        std::string::npos);
  write_gz("huge.gz",
           big_endian(0x801) + big_endian(0x7FFFFFFF));  // announces 2 GiB in a file of 30 bytes
  CHECK(refusal<user_error>([] { read_idx("huge.gz", 1); }).find("need") != std::string::npos);
  std::string cut = to_string(read_file("a.idx.gz"));
  write("cut.gz", cut.substr(0, cut.size() - 12));
  CHECK(refusal<user_error>([] { read_idx("cut.gz", 3); }) != "");
}

// A safetensors file from its header and data.
bytes safetensors(std::string_view header, std::string_view data = "") {
  return to_bytes(little_endian(std::uint64_t{header.size()}).append(header).append(data));
}

std::string refused_as(bytes content) {
  try {
    safetensors_file file(std::move(content));
  } catch (const safetensors_error& e) {
    return std::string(text(e.fault()));
  }
  return {};
}

TEST_CASE("safetensors: tensors and metadata come back") {
  const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{7};
  const std::array tensors{tensor_view{"layer.weight", {2, 3}, a}, tensor_view{"scale", {}, b},
                           tensor_view{"none", {0, 4}, {}}};
  save_safetensors("t.safetensors", tensors, {{"network", "a \"quoted\" name"}});
  CHECK_FALSE(std::filesystem::exists("t.safetensors.tmp"));
  const auto file = safetensors_file::load("t.safetensors");
  REQUIRE(file.tensors().size() == 3);
  CHECK(file.about().at("network") == "a \"quoted\" name");
  CHECK(file.find("layer.weight")->shape == shape{2, 3});
  CHECK(std::ranges::equal(file.find("layer.weight")->values, a));
  CHECK(std::ranges::equal(file.find("scale")->values, b));
  CHECK(file.find("none")->values.empty());
  CHECK(file.find("absent") == nullptr);
}

TEST_CASE("safetensors: each kind of fault has its name") {
  const std::string one = R"("dtype":"F32","shape":[1],"data_offsets":)";
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[0,4]}}", "1234")) == "");
  CHECK(refused_as(to_bytes("1234")) == "header too small");
  CHECK(refused_as(to_bytes(little_endian(std::uint64_t{1} << 60) + "{}")) == "header too large");
  CHECK(refused_as(safetensors("[]")) == "bad header");
  CHECK(refused_as(safetensors("{\"a\":{")) == "bad header");
  CHECK(refused_as(safetensors("{\"a\":1}")) == "bad header");
  CHECK(refused_as(safetensors("{\"\xff\xfe\":{" + one + "[0,4]}}", "1234")) == "bad header");
  CHECK(refused_as(safetensors("{\"__metadata__\":{\"a\":1}}")) == "bad header");
  CHECK(refused_as(safetensors("{\"a\":" + std::string(10'000, '[') + "}")) == "bad header");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[0,4]},\"a\":{" + one + "[0,4]}}", "1234")) ==
        "name given twice");
  CHECK(refused_as(safetensors(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})",
                               "12345678")) == "wrong type of numbers");
  CHECK(refused_as(safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
                               "1234")) == "bad shape");
  CHECK(refused_as(safetensors(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
                               "1234")) == "bad shape");
  CHECK(refused_as(safetensors(
            R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", "")) ==
        "bad shape");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[0,4]}}", "123")) == "data outside the file");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[4,0]}}", "1234")) == "data outside the file");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[0,4]},\"b\":{" + one + "[0,4]}}", "1234")) ==
        "data overlap or leave a hole");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[4,8]}}", "12345678")) ==
        "data overlap or leave a hole");
  CHECK(refused_as(safetensors("{\"a\":{" + one + "[0,4]}}", "12345")) ==
        "data overlap or leave a hole");
}

TEST_CASE(
    "safetensors: truncated or flipped anywhere in its header, a file gives an error or tensors, "
    "never a crash") {
  const std::vector<float> a{1, 2, 3, 4};
  const std::array tensors{tensor_view{"layer.weight", {2, 2}, a}};
  save_safetensors("t.safetensors", tensors, {{"k", "v"}});
  const bytes whole = read_file("t.safetensors");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CHECK_MESSAGE(refused_as({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}) != "",
                  n);
  }
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * (whole.size() - 16); ++bit) {
    bytes damaged = whole;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    refused += refused_as(damaged) != "";
  }
  CHECK(refused > 100);
}

TEST_CASE("save_atomically: a failure leaves the old file and no other") {
  std::filesystem::create_directories("kept");
  save_atomically("kept/file", "old");
  CHECK(refusal<user_error>([] { save_atomically("missing/file", "new"); }).find("missing") !=
        std::string::npos);
  std::filesystem::create_directories("kept/file2");  // a folder stands where the file should go
  CHECK(refusal<user_error>([] { save_atomically("kept/file2", "new"); }) != "");
  CHECK_FALSE(std::filesystem::exists("kept/file2.tmp"));
  CHECK(to_string(read_file("kept/file")) == "old");
}

TEST_CASE("npz: what is saved is read back; NumPy's own files, stored and deflated") {
  const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{7};
  const std::array tensors{tensor_view{"layer.weight", {2, 3}, a}, tensor_view{"bias", {1}, b}};
  save_npz("t.npz", tensors);
  const auto arrays = read_npz("t.npz");
  REQUIRE(arrays.size() == 2);
  CHECK(arrays.at("layer.weight").shape == shape{2, 3});
  CHECK(arrays.at("layer.weight").floats() == a);
  CHECK(arrays.at("bias").floats() == b);
  for (const char* name : {"stored", "deflated"}) {
    const auto by_numpy = read_npz(std::filesystem::path(TENON_CORPUS) / "npz" / name);
    const bool keras = by_numpy.contains("x_train");
    const npy_array &x = by_numpy.at(keras ? "x_train" : "x"),
                    &y = by_numpy.at(keras ? "y_train" : "y");
    CHECK(x.shape == shape{3, 40});
    CHECK(x.floats()[119] == 1);
    CHECK(y.integers("y") == std::vector<std::int32_t>{1, 2, 9});
  }
}

TEST_CASE("npz: damaged, cut and foreign files are refused with a reason") {
  const auto says = [](std::string_view content) {
    write("bad.npz", content);
    return refusal<user_error>([] { read_npz("bad.npz"); });
  };
  const std::string whole =
      to_string(read_file(std::filesystem::path(TENON_CORPUS) / "npz" / "deflated"));
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK_MESSAGE(says(whole.substr(0, n)) != "", n);
  CHECK(says("no archive").find("cannot be read as .npz") != std::string::npos);
  std::string damaged = whole;
  damaged[whole.find("x.npy") + 60] ^= 1;
  CHECK(says(damaged).find("x.npy") != std::string::npos);
  // The size that the directory announces for the first member: four bytes, 24 behind its magic.
  std::string larger = whole;
  larger[whole.find("PK\1\2") + 27] = '\x7f';
  CHECK(says(larger) != "");
}

TEST_CASE("blob: 64 bytes of header that emitted code accepts, then the image") {
  const std::vector<float> image{1, 2, 3};
  const std::string signature(32, 'a');
  save_blob("net.blob", signature, tenon::blob_layout::eval, image);
  const bytes content = read_file("net.blob");
  REQUIRE(content.size() == 64 + 12);
  alignas(64) std::array<std::byte, 76> aligned;
  std::ranges::copy(content, aligned.begin());
  CHECK(tenon::check(aligned, signature, 3) == tenon::error::none);
  CHECK(tenon::image_of(aligned, 3)[2] == 3);
}

TEST_CASE("csv: sorted columns, NA for what is missing or no number") {
  metrics_csv csv({"val_loss", "loss"});
  csv.add({.epoch = 1, .values = {{"loss", 0.5}}});
  csv.add({.epoch = 2, .values = {{"val_loss", std::nan("")}, {"loss", 0.25}}});
  CHECK(csv.text() == "epoch,loss,val_loss\n1,0.5,NA\n2,0.25,NA\n");
}

TEST_CASE("plot: the same bytes each time; gaps where values are no numbers") {
  const std::vector<panel> panels{
      {"loss", {{"train", {1, 0.5, std::nan(""), 0.25}}, {"validation", {2}}}}, {"empty", {}}};
  const std::string text = svg("net", "epoch", panels);
  CHECK(text == svg("net", "epoch", panels));
  CHECK(text.starts_with("<svg "));
  CHECK(text.ends_with("</svg>\n"));
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find(">validation<") != std::string::npos);
  CHECK(std::ranges::count(text, 'L') == 1);  // 1 to 0.5; then a gap, then a point
}

TEST_CASE("hash: xxh3-128, whatever the pieces") {
  CHECK(hasher().hexadecimal() ==
        "99aa06d3014798d86001c324468d497f");  // of nothing, from xxHash's specification
  hasher whole, pieces;
  const std::string text = "the quick brown fox";
  whole.add(to_bytes(text));
  for (const char c : text) pieces.add(to_bytes(std::string_view(&c, 1)));
  CHECK(whole.hexadecimal() == pieces.hexadecimal());
}

}  // namespace
