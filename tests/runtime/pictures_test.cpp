// Pictures: what the decoders give, how they fit a network, folders of them, and damaged ones.
#include "runtime/data/pictures.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/data/source.hpp"
#include "runtime/io/npy.hpp"
#include "runtime/io/raster.hpp"
#include "tests/runtime/encode.hpp"
#include "tests/runtime/files.hpp"
#include "tests/runtime/linear_network.hpp"
#include "tests/runtime/run_command.hpp"

namespace {

using namespace tenon::test;
using namespace tenon::runtime;
namespace fs = std::filesystem;
using pixels = std::vector<std::uint8_t>;

raster decode(const std::string& content) {
  return decode_raster(std::as_bytes(std::span(content)), "picture", [](auto, auto) {});
}

pixels ramp(std::size_t n) {
  pixels p(n);
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<std::uint8_t>(37 * i + 11);
  return p;
}

TEST_CASE("png: gray and RGB come back exactly; transparency is dropped") {
  for (const unsigned channels : {1U, 3U}) {
    const pixels p = ramp(5 * 3 * channels);
    const raster r = decode(png(p, 5, 3, channels));
    CHECK(r.width == 5);
    CHECK(r.height == 3);
    CHECK(r.channels == channels);
    CHECK(r.data == p);
  }
  const raster rgb = decode(png(pixels{10, 20, 30, 255, 40, 50, 60, 7}, 2, 1, 4));
  CHECK(rgb.data == pixels{10, 20, 30, 40, 50, 60});
  const raster gray = decode(png(pixels{10, 255, 40, 1}, 2, 1, 2));
  CHECK(gray.data == pixels{10, 40});
}

TEST_CASE("jpeg: flat colours within two steps, baseline and progressive") {
  for (const bool progressive : {false, true}) {
    pixels p;
    for (int i = 0; i < 20 * 10; ++i) p.insert(p.end(), {200, 100, 50});
    const raster r = decode(jpeg(p, 20, 10, 3, 100, progressive));
    REQUIRE(r.data.size() == p.size());
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(std::abs(r.data[i] - p[i]) <= 2);
    const raster gray = decode(jpeg(pixels(20 * 10, 77), 20, 10, 1, 100, progressive));
    CHECK(gray.channels == 1);
    CHECK(std::ranges::all_of(gray.data, [](int v) { return std::abs(v - 77) <= 1; }));
  }
}

TEST_CASE("resizing: as PyTorch's interpolate(mode='bilinear', antialias=True)") {
  struct example {
    std::size_t from_height, from_width, height, width;
    std::vector<float> wanted;
  };
  const example examples[] = {
      {5,
       7,
       3,
       4,
       {2.55102F, 5.41714F, 3.80571F, 6.06122F, 5.32804F, 4.11111F, 3.68F, 3.89947F, 5.69388F,
        4.85143F, 3.55429F, 4.93878F}},
      {2, 3, 4, 5, {0.0F,  1.2F,  3.0F,  4.8F, 6.0F, 1.75F, 1.95F, 2.25F, 4.2F, 5.5F,
                    5.25F, 3.45F, 0.75F, 3.0F, 4.5F, 7.0F,  4.2F,  0.0F,  2.4F, 4.0F}},
      {4,
       4,
       2,
       7,
       {3.42857F, 3.07143F, 2.5F, 3.5F, 4.83673F, 6.95918F, 8.28571F, 6.57143F, 6.21429F, 5.64286F,
        3.5F, 1.80612F, 4.82653F, 6.71429F}}};
  for (const example& e : examples) {
    std::vector<float> plane;
    for (std::size_t i = 0; i < e.from_height; ++i) {
      for (std::size_t j = 0; j < e.from_width; ++j)
        plane.push_back(static_cast<float>((i * 7 + j * 3 + i * j) % 11));
    }
    const auto y = resized(plane, e.from_height, e.from_width, e.height, e.width);
    REQUIRE(y.size() == e.wanted.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      CHECK(std::abs(y[i] - e.wanted[i]) < 2e-5F);  // printed with five digits
  }
}

tenon::network_info taking(std::span<const int> shape) {
  tenon::network_info info = *classifier().info;
  info.input_shape = shape;
  return info;
}

std::vector<float> load(const fs::path& path, std::span<const int> shape, bool resize = false) {
  std::vector<float> x;
  append_picture(path, taking(shape), resize, x);
  return x;
}

TEST_CASE("pictures become channels-first values in [0, 1]; colours gray, gray three channels") {
  const int colour[] = {3, 1, 2}, gray[] = {1, 1, 2}, bare[] = {1, 2}, flat3[] = {6}, flat1[] = {2};
  write("rgb.png", png(pixels{255, 0, 51, 102, 255, 0}, 2, 1, 3));
  write("gray.png", png(pixels{51, 102}, 2, 1, 1));
  CHECK(load("rgb.png", colour) == std::vector<float>{1, 0.4F, 0, 1, 0.2F, 0});
  CHECK(load("rgb.png", flat3) == load("rgb.png", colour));
  CHECK(load("gray.png", gray) == std::vector<float>{0.2F, 0.4F});
  CHECK(load("gray.png", bare) == load("gray.png", gray));
  CHECK(load("gray.png", flat1) == load("gray.png", gray));
  CHECK(load("gray.png", colour) == std::vector<float>{0.2F, 0.4F, 0.2F, 0.4F, 0.2F, 0.4F});
  // 0.299 · 255 + 0.114 · 51 = 82.06; 0.299 · 102 + 0.587 · 255 = 180.18
  CHECK(load("rgb.png", gray) == std::vector<float>{82.0F / 255, 180.0F / 255});
}

TEST_CASE("a picture of another size is refused before it is decoded, and resized on request") {
  const int shape[] = {1, 2, 2}, five[] = {5, 2, 2}, flat[] = {7};
  write("wide.png", png(ramp(16), 8, 2, 1));
  const std::string message = refusal<user_error>([&] { load("wide.png", shape); });
  CHECK(message.find("8 x 2 pixels (width x height), network byhand takes 2 x 2; give --resize") !=
        std::string::npos);
  CHECK(load("wide.png", shape, true).size() == 4);
  CHECK(refusal<user_error>([&] { load("wide.png", five, true); }).find("1 or 3 channels") !=
        std::string::npos);
  CHECK(refusal<user_error>([&] { load("wide.png", flat, true); }) != "");
}

TEST_CASE("what is no sound picture is refused, naming the file") {
  const auto says = [](const std::string& content) {
    return refusal<user_error>([&] { decode(content); });
  };
  CHECK(says("").find("neither a PNG nor a JPEG") != std::string::npos);
  CHECK(says("GIF89a").find("neither a PNG nor a JPEG") != std::string::npos);
  const std::string p = png(ramp(300), 10, 10, 3), j = jpeg(ramp(300), 10, 10, 3);
  // Cut anywhere, or with a byte of the compressed data changed: refused; no crash, whatever comes.
  for (std::size_t n = 0; n + 12 < p.size(); ++n) CHECK_MESSAGE(says(p.substr(0, n)) != "", n);
  for (std::size_t n = 0; n + 2 < j.size(); ++n) CHECK_MESSAGE(says(j.substr(0, n)) != "", n);
  for (std::size_t i = p.find("IDAT"); i + 16 < p.size(); ++i) {
    std::string damaged = p;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_MESSAGE(says(damaged) != "", i);  // a checksum guards each part
  }
  for (std::size_t i = 0; i < j.size(); ++i) {
    std::string damaged = j;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    says(damaged);
  }
}

TEST_CASE("a picture that claims more pixels than its bytes can hold is refused, not allocated") {
  std::string j = jpeg(ramp(300), 10, 10, 3);
  const auto frame = j.find("\xFF\xC0");  // height and width follow length and precision
  REQUIRE(frame != std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) j[frame + i] = '\x7F';
  CHECK(refusal<user_error>([&] { decode(j); }).find("which cannot be") != std::string::npos);
  std::string p = png(ramp(300), 10, 10, 3);
  p[17] = '\x0f';  // width 0x0f000a: within libpng's own limit
  const std::string message = refusal<user_error>([&] { decode(p); });
  CHECK(message != "");
}

// Ten classes; the picture of class k is brightest in columns 4 k to 4 k + 3.
void write_folder(const fs::path& folder, int each, unsigned width) {
  for (int k = 0; k < 10; ++k) {
    const fs::path inside = folder / ("class_" + std::to_string(k));
    fs::create_directories(inside);
    for (int i = 0; i < each; ++i) {
      pixels p(width);
      for (unsigned c = 0; c < width; ++c) {
        const bool bright = static_cast<int>(c * 10 / width) == k;
        p[c] = static_cast<std::uint8_t>((bright ? 200 : 20) + (i * 7 + static_cast<int>(c)) % 30);
      }
      write(inside / (std::to_string(i) + ".png"), png(p, width, 1, 1));
    }
  }
}

TEST_CASE("images: a folder per class, train and test beside each other; then files to predict") {
  const auto data = fresh("images");
  write_folder(data / "train", 20, 40);
  write_folder(data / "test", 5, 40);
  const std::string out = (data / "run").string();
  const outcome trained =
      run(classifier(), {"train", "--data", "images:" + data.string(), "--epochs", "10", "--opt",
                         "adam", "--lr", "0.01", "--json", "--output", out});
  REQUIRE_MESSAGE(trained.code == 0, trained.err);
  CHECK(trained.lines().back()["test_top1"] == 1);
  const std::vector<std::string> predict{"predict", "--weights", out + "/best.safetensors",
                                         "--json", "--input"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = predict;
    all.insert(all.end(), more.begin(), more.end());
    return run(classifier(), all);
  };
  const std::string three = (data / "test/class_3/0.png").string();
  const outcome two = with({three, (data / "test/class_7/1.png").string()});
  REQUIRE_MESSAGE(two.code == 0, two.err);
  CHECK(two.lines().at(0)["top"][0]["name"] == "class_3");
  CHECK(two.lines().at(0)["input"] == three);
  CHECK(two.lines().at(1)["top"][0]["name"] == "class_7");
  const outcome folder = with({(data / "test/class_5").string()});
  CHECK(folder.lines().size() == 5);

  // The same values as an array of bytes.
  const raster r = read_raster(three, [](auto, auto) {});
  std::vector<float> x(r.data.begin(), r.data.end());
  for (float& v : x) v /= 255;
  write_npy(data / "x.npy", std::vector<std::size_t>{1, 40}, x);
  CHECK(with({(data / "x.npy").string()}).lines().at(0)["top"] == two.lines().at(0)["top"]);

  write_folder(data / "wide", 1, 80);
  const std::string wide = (data / "wide/class_6/0.png").string();
  CHECK(with({wide}).code == 2);
  CHECK(with({wide, "--resize"}).lines().at(0)["top"][0]["name"] == "class_6");
  CHECK(with({wide, (data / "x.npy").string()}).code == 2);
  CHECK(with({(data / "nothing.png").string()}).code == 2);
  fs::create_directories(data / "empty");
  CHECK(with({(data / "empty").string()}).err.find("holds no PNG or JPEG") != std::string::npos);
}

TEST_CASE("images: folders that do not fit are refused") {
  const auto data = fresh("images_bad");
  const auto says = [&] {
    return refusal<user_error>([&] { load_source("images:" + data.string(), *classifier().info); });
  };
  CHECK(says().find("holds no folders") != std::string::npos);
  write_folder(data / "train", 1, 40);
  CHECK(says() == "");
  fs::create_directories(data / "test/class_x");
  CHECK(says().find("class_x: is no known class") != std::string::npos);
  fs::remove_all(data / "test");
  write(data / "train/class_1/b.webp", "RIFF");
  CHECK(says().find("b.webp: only PNG and JPEG are read") != std::string::npos);
  fs::remove(data / "train/class_1/b.webp");
  fs::create_directories(data / "train/class_one_too_many");
  CHECK(says().find("11 names of classes") != std::string::npos);
  CHECK(refusal<user_error>([&] { load_source("images:absent", *classifier().info); }) != "");
  CHECK(refusal<user_error>([&] {
          load_source("images:" + data.string(), *regressor().info);
        }).find("predicts values") != std::string::npos);
}

}  // namespace
