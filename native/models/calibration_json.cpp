#include "native/models/calibration_json.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "native/system/json_file.h"

namespace visavis {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse_table(const std::string& problem) {
  throw Error(ErrorCode::kInvalidArgument,
              "calibration table: " + problem + "; write it with `visavis calibrate`");
}

const Json& field(const Json& json, const char* name) {
  if (!json.is_object() || !json.contains(name))
    refuse_table(std::string("no field '") + name + "'");
  return json[name];
}

double number(const Json& json, const char* name, const NumberRange& range) {
  return checked_number(field(json, name), name, range);
}

std::string text(const Json& json, const char* name) {
  const Json& value = field(json, name);
  if (!value.is_string()) refuse_table(std::string("'") + name + "' must be text");
  return value.get<std::string>();
}

std::uint64_t count(const Json& json, const char* name) {
  const Json& value = field(json, name);
  if (!value.is_number_unsigned()) refuse_table(std::string("'") + name + "' must be a count");
  return value.get<std::uint64_t>();
}

Json rate_to_json(const Rate& rate) {
  return {{"value", rate.value}, {"low", rate.low}, {"high", rate.high}};
}

Rate rate_from_json(const Json& json) {
  constexpr NumberRange kShares{0, 1};
  return {number(json, "value", kShares), number(json, "low", kShares),
          number(json, "high", kShares)};
}

Json to_json(const AlikeStrangersSource& alike) {
  return {{"grouped_by", alike.grouped_by},
          {"worst_group", alike.worst_group},
          {"groups", alike.groups},
          {"people", alike.people},
          {"pairs", alike.pairs}};
}

AlikeStrangersSource alike_from_json(const Json& json) {
  return {text(json, "grouped_by"), text(json, "worst_group"), count(json, "groups"),
          count(json, "people"), count(json, "pairs")};
}

Json to_json(const DecisionTable& table) {
  Json json{{"source", table.source}};
  for (std::size_t i = 0; i < kDecisionPolicies; ++i) {
    const DecisionBounds& bounds = table.policies[i];
    json[code_of(static_cast<DecisionPolicy>(i))] = {{"match", bounds.match},
                                                     {"match_if_good", bounds.match_if_good},
                                                     {"mismatch", bounds.mismatch},
                                                     {"least_confidence", bounds.least_confidence}};
  }
  return json;
}

DecisionTable decision_from_json(const Json& json) {
  DecisionTable table;
  table.source = text(json, "source");
  for (std::size_t i = 0; i < kDecisionPolicies; ++i) {
    const Json& bounds = field(json, code_of(static_cast<DecisionPolicy>(i)));
    table.policies[i] = {
        number(bounds, "match", kDistanceRange), number(bounds, "match_if_good", kDistanceRange),
        number(bounds, "mismatch", kDistanceRange), number(bounds, "least_confidence", {0, 1})};
  }
  check_decision(table);
  return table;
}

}  // namespace

Json to_json(const CalibrationTable& table) {
  Json points = Json::array();
  for (const CalibrationPoint& point : table.points) {
    Json json{{"distance", point.distance},
              {"fmr", rate_to_json(point.fmr)},
              {"fnmr", rate_to_json(point.fnmr)}};
    if (point.alike_fmr) json["alike_fmr"] = rate_to_json(*point.alike_fmr);
    points.push_back(std::move(json));
  }
  Json json{{"source", table.source},
            {"genuine_pairs", table.genuine_pairs},
            {"impostor_pairs", table.impostor_pairs},
            {"threshold", table.threshold}};
  if (table.alike) json["alike"] = to_json(*table.alike);
  if (table.decision) json["decision"] = to_json(*table.decision);
  json["points"] = std::move(points);
  return json;
}

CalibrationTable calibration_from_json(const Json& json) {
  CalibrationTable table;
  table.source = text(json, "source");
  table.genuine_pairs = count(json, "genuine_pairs");
  table.impostor_pairs = count(json, "impostor_pairs");
  table.threshold = number(json, "threshold", kDistanceRange);
  if (json.contains("alike")) table.alike = alike_from_json(json["alike"]);
  if (json.contains("decision")) table.decision = decision_from_json(json["decision"]);
  const Json& points = field(json, "points");
  if (!points.is_array() || points.empty()) refuse_table("'points' must be a list of at least one");
  for (const Json& point : points) {
    table.points.push_back({number(point, "distance", kDistanceRange),
                            rate_from_json(field(point, "fmr")),
                            rate_from_json(field(point, "fnmr")), std::nullopt});
    if (table.alike) {
      table.points.back().alike_fmr = rate_from_json(field(point, "alike_fmr"));
    }
    const std::size_t size = table.points.size();
    if (size > 1 && table.points[size - 1].distance <= table.points[size - 2].distance) {
      refuse_table("'points' must have rising distances");
    }
  }
  return table;
}

CalibrationTable read_calibration(const std::filesystem::path& file) {
  const Json json = read_json_object(file, "write it with `visavis calibrate`");
  try {
    return calibration_from_json(json);
  } catch (const Error& error) {
    throw Error(error.code(), file.string() + ": " + error.what());
  }
}

}  // namespace visavis
