#include "native/evaluation/decision_counts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/face/decision.h"

namespace visavis {
namespace {

nlohmann::ordered_json counts_json(const std::array<std::size_t, 3>& pairs) {
  nlohmann::ordered_json json;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    json[code_of(static_cast<Outcome>(i))] = pairs[i];
  }
  return json;
}

}  // namespace

DecisionCounts decide_pairs(const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                            const DecisionBounds& bounds) {
  DecisionCounts counts;
  for (const ProtocolPair& pair : protocol.pairs) {
    const EmbeddedPhoto& a = embedded[pair.a];
    const EmbeddedPhoto& b = embedded[pair.b];
    const Outcome outcome =
        a.has_face() && b.has_face()
            ? decide(distance(a.embedding, b.embedding), a.fitness, b.fitness, bounds).outcome
            : Outcome::kReview;
    ++(pair.is_genuine ? counts.genuine : counts.impostor)[static_cast<std::size_t>(outcome)];
  }
  return counts;
}

std::string to_text(const std::array<std::size_t, 3>& pairs) {
  const std::size_t all = pairs[0] + pairs[1] + pairs[2];
  if (all == 0) return "none";
  std::string text;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    text += fmt::format("{}{} {} ({:.2f}%)", i == 0 ? "" : ", ", code_of(static_cast<Outcome>(i)),
                        pairs[i], 100 * static_cast<double>(pairs[i]) / static_cast<double>(all));
  }
  return text;
}

nlohmann::ordered_json to_json(const DecisionCounts& counts) {
  return {{"genuine", counts_json(counts.genuine)}, {"impostor", counts_json(counts.impostor)}};
}

}  // namespace visavis
