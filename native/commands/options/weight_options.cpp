#include "native/commands/options/weight_options.h"

#include <map>

namespace visavis {

CLI::Option* add_weights_option(CLI::App& command, WeightStorage& storage) {
  std::map<std::string, WeightStorage> storages;
  for (const auto each : {WeightStorage::kFloat32, WeightStorage::kFloat16, WeightStorage::kInt8}) {
    storages.emplace(to_string(each), each);
  }
  return command
      .add_option("--weights", storage,
                  "How weights are stored: fp32, fp16 or int8 (one scale per output channel)")
      ->transform(CLI::CheckedTransformer(storages));
}

}  // namespace visavis
