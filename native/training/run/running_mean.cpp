#include "native/training/run/running_mean.h"

#include <fmt/format.h>

#include <cstdlib>

namespace visavis {
namespace {

constexpr const char* kTotal = "mean total/";
constexpr const char* kCount = "mean count/";

}  // namespace

void RunningMean::add(const std::string& name, double value) {
  Sum& sum = sums_[name];
  sum.total += value;
  sum.count += 1;
}

std::map<std::string, double> RunningMean::take() {
  std::map<std::string, double> means;
  for (const auto& [name, sum] : sums_) means[name] = sum.total / sum.count;
  sums_.clear();
  return means;
}

void RunningMean::save_to(Checkpoint& checkpoint) const {
  for (const auto& [name, sum] : sums_) {
    checkpoint.progress.emplace_back(kTotal + name, fmt::format("{:a}", sum.total));
    checkpoint.progress.emplace_back(kCount + name, fmt::format("{:a}", sum.count));
  }
}

void RunningMean::restore_from(const Checkpoint& checkpoint) {
  const std::string total = kTotal;
  const std::string count = kCount;
  sums_.clear();
  for (const auto& [key, value] : checkpoint.progress) {
    const double number = std::strtod(value.c_str(), nullptr);
    if (key.rfind(total, 0) == 0) sums_[key.substr(total.size())].total = number;
    if (key.rfind(count, 0) == 0) sums_[key.substr(count.size())].count = number;
  }
}

}  // namespace visavis
