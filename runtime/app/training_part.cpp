#include "runtime/app/training_part.hpp"

#include <fmt/format.h>

#include "runtime/data/source.hpp"
#include "runtime/data/split.hpp"
#include "runtime/io/error.hpp"

namespace tenon::runtime {

std::size_t batch_size_of(std::optional<std::size_t> asked, const network_info& network) {
  const auto most = static_cast<std::size_t>(network.batch);
  const std::size_t size = asked.value_or(most);
  if (size <= most) return size;
  throw user_error(
      fmt::format("--batch-size {}: {} was built for batches of at most {}; take fewer, or build "
                  "it again with --batch {}",
                  size, network.name, most, size));
}

void standardize(dataset& data, const weights_about& about) {
  about.standardize.apply(data.x, data.sample_size());
  about.target.apply(data.targets, count(data.target_shape));
}

training_part load_training_part(const std::string& data, const source_flags& flags,
                                 const network_info& network, const weights_about& about) {
  source_data source = load_source(data, network, to_options(flags, about.names));
  standardize(source.train, about);
  split parts = make_split(
      source, {.validation_fraction = 0, .test_fraction = about.test_fraction, .seed = about.seed});
  return {std::move(source.train), std::move(parts.train)};
}

}  // namespace tenon::runtime
