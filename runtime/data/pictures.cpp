#include "runtime/data/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/io/error.hpp"
#include "runtime/io/raster.hpp"

namespace tenon::runtime {
namespace {

struct picture_shape {
  std::size_t channels, height, width;
};

// What the network wants of a picture of this size. Flat inputs have no size of their own.
picture_shape wanted(const network_info& network, std::size_t width, std::size_t height,
                     const std::string& name) {
  const auto shape = network.input_shape;
  const auto size = [&](std::size_t i) { return static_cast<std::size_t>(shape[i]); };
  if (shape.size() == 3 && (shape[0] == 1 || shape[0] == 3)) return {size(0), size(1), size(2)};
  if (shape.size() == 2) return {1, size(0), size(1)};
  for (const std::size_t channels : {std::size_t{1}, std::size_t{3}}) {
    if (shape.size() == 1 && size(0) == channels * width * height) return {channels, height, width};
  }
  throw user_error(
      fmt::format("{}: {} x {} pixels cannot become network {}'s input {}; pictures fit inputs of "
                  "1 or 3 channels, or flat ones of as many values",
                  name, width, height, network.name, text(shape)));
}

// One plane per channel, from 0 to 255.
std::vector<std::vector<float>> planes(const raster& r, std::size_t channels) {
  std::vector<std::vector<float>> all(channels, std::vector<float>(r.width * r.height));
  for (std::size_t i = 0; i < r.width * r.height; ++i) {
    const auto at = [&](std::size_t c) { return static_cast<float>(r.data[i * r.channels + c]); };
    if (r.channels == 3 && channels == 1) {  // ITU-R BT.601
      all[0][i] = std::round(0.299F * at(0) + 0.587F * at(1) + 0.114F * at(2));
    } else {
      for (std::size_t c = 0; c < channels; ++c) all[c][i] = at(r.channels == 1 ? 0 : c);
    }
  }
  return all;
}

// Weights of the inputs from `first` on, for each output of a line.
struct taps {
  std::size_t first;
  std::vector<float> weights;
};

std::vector<taps> triangle(std::size_t from, std::size_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(scale, 1.0);
  std::vector<taps> line;
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, std::ceil(centre - reach - 0.5)));
    const auto end = std::min(from, static_cast<std::size_t>(std::floor(centre + reach - 0.5)) + 1);
    taps t{first, {}};
    double sum = 0;
    for (std::size_t k = first; k < end; ++k) {
      const double weight = 1 - std::abs(static_cast<double>(k) + 0.5 - centre) / reach;
      t.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& w : t.weights) w = static_cast<float>(w / sum);
    line.push_back(std::move(t));
  }
  return line;
}

// Each row (across) or each column of x [rows][columns], weighted by `line`.
std::vector<float> filtered(std::span<const float> x, const std::vector<taps>& line,
                            std::size_t rows, std::size_t columns, bool across) {
  const std::size_t out_rows = across ? rows : line.size();
  const std::size_t out_columns = across ? line.size() : columns;
  std::vector<float> y(out_rows * out_columns);
  for (std::size_t r = 0; r < out_rows; ++r) {
    for (std::size_t c = 0; c < out_columns; ++c) {
      const taps& t = line[across ? c : r];
      float sum = 0;
      for (std::size_t k = 0; k < t.weights.size(); ++k) {
        sum +=
            t.weights[k] * (across ? x[r * columns + t.first + k] : x[(t.first + k) * columns + c]);
      }
      y[r * out_columns + c] = sum;
    }
  }
  return y;
}

std::string ending(const std::filesystem::path& path) {
  std::string text = path.extension().string();
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool is_other_format(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 10> endings{".bmp", ".gif", ".webp", ".tif",  ".tiff",
                                                     ".ppm", ".pgm", ".jp2",  ".heic", ".avif"};
  return std::ranges::find(endings, ending(path)) != endings.end();
}

}  // namespace

std::vector<float> resized(std::span<const float> plane, std::size_t from_height,
                           std::size_t from_width, std::size_t height, std::size_t width) {
  const auto wide = filtered(plane, triangle(from_width, width), from_height, from_width, true);
  return filtered(wide, triangle(from_height, height), from_height, width, false);
}

void append_picture(const std::filesystem::path& path, const network_info& network, bool resize,
                    std::vector<float>& to) {
  const std::string name = path.string();
  const raster r = read_raster(path, [&](std::size_t width, std::size_t height) {
    const picture_shape want = wanted(network, width, height, name);
    if (resize || (want.width == width && want.height == height)) return;
    throw user_error(
        fmt::format("{}: {} x {} pixels (width x height), network {} takes {} x {}; give --resize",
                    name, width, height, network.name, want.width, want.height));
  });
  const picture_shape want = wanted(network, r.width, r.height, name);
  for (const auto& plane : planes(r, want.channels)) {
    const bool same = want.height == r.height && want.width == r.width;
    const auto fitted = same ? plane : resized(plane, r.height, r.width, want.height, want.width);
    for (const float value : fitted) to.push_back(value / 255.0F);
  }
}

bool is_picture(const std::filesystem::path& path) {
  const std::string text = ending(path);
  return text == ".png" || text == ".jpg" || text == ".jpeg";
}

std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (is_picture(entry.path())) found.push_back(entry.path());
    if (is_other_format(entry.path())) {
      throw user_error(
          fmt::format("{}: only PNG and JPEG are read; convert it", entry.path().string()));
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace tenon::runtime
