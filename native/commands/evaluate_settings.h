#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "native/data/protocol.h"
#include "native/evaluation/model_comparison.h"

namespace visavis {

/// Local date, time and zone for people: "2026-11-28 18:04 +0100".
std::string date_text();

/// This process's command line as one would type it, without the folders of files: a report should
/// not tell where the data lay.
std::string command_text();

/// How figures came about: command, version, data, models, machine, threads and seed.
std::vector<std::pair<std::string, std::string>> evaluation_settings(
    const ModelComparison& comparison, const Protocol& protocol, int threads, std::uint64_t seed);

}  // namespace visavis
