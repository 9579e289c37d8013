#include "native/training/run/run_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "native/system/counted.h"
#include "native/system/printable.h"
#include "native/training/losses/make_loss.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

std::size_t impostor_pairs(const TrainingData& data, const IdentitySplit& split) {
  std::map<std::int32_t, std::size_t> counts;
  for (const std::uint32_t photo : split.validation) ++counts[data.photos[photo].identity];
  std::size_t pairs = 0;
  std::size_t before = 0;
  for (const auto& [identity, count] : counts) {
    pairs += before * count;
    before += count;
  }
  return pairs;
}

/// The first labelled source.
std::string labelled_location(const TrainingData& data) {
  const auto labelled = std::find_if(data.sources.begin(), data.sources.end(),
                                     [](const DataSource& source) { return source.is_labelled; });
  return labelled == data.sources.end() ? "" : labelled->location;
}

}  // namespace

std::vector<std::string> notes_on_folders(const TrainingData& data) {
  std::vector<std::string> notes;
  for (std::size_t s = 0; s < data.sources.size(); ++s) {
    if (!data.sources[s].is_labelled || data.datasets[s].has_folders()) continue;
    notes.push_back(data.sources[s].location +
                    ": no folders of people in it; they are told by the photos' names, up to the "
                    "first '_'");
  }
  const std::set<std::string> people(data.identities.begin(), data.identities.end());
  std::size_t nested = 0;
  std::string first;
  for (std::size_t i = 0; i < data.identities.size(); ++i) {
    if (people.count(data.parent(i)) == 0) continue;
    if (nested++ == 0) first = data.identities[i] + " and " + data.parent(i);
  }
  if (nested > 0) {
    notes.push_back(
        fmt::format("{} in the folder of another person: {} are taken for two people; "
                    "move the photos together if they are one",
                    counted(nested, "person's folder lies", "people's folders lie"), first));
  }
  return notes;
}

std::vector<std::string> notes_on_batch(const LossPlan& loss) {
  const LossNeeds needs = loss_needs(loss.name);
  const bool is_by_people = needs.people_photos && !needs.episodes;
  const bool is_by_photos = !needs.people_photos && !needs.episodes;
  const AdaptingBatch& adapts = loss.adapts;
  std::string unused;
  const auto add = [&](const char* option, bool is_given, bool is_used) {
    if (is_given && !is_used) unused += (unused.empty() ? "" : ", ") + std::string(option);
  };
  add("--batch", !adapts.batch, is_by_photos);
  add("--people", !adapts.people, is_by_people);
  add("--photos", !adapts.photos, is_by_people);
  add("--way", !adapts.way, needs.episodes);
  add("--queries", !adapts.queries, needs.episodes);
  if (unused.empty()) return {};
  return {fmt::format("loss '{}' has no use for {}: its batches are sized by {}", loss.name, unused,
                      needs.episodes ? "--way, --shot and --queries"
                      : is_by_people ? "--people and --photos"
                                     : "--batch")};
}

std::vector<std::string> notes_on_split(const DataPlan& plan, bool starts_from_nothing,
                                        const TrainingData& data, const IdentitySplit& split) {
  std::vector<std::string> notes;
  constexpr std::size_t kFewPeople = 30;
  const bool is_labelled = !data.identities.empty();
  const std::size_t people = split.training_identities + split.validation_identities;
  if (is_labelled && split.validation.empty() && plan.held_out.share > 0) {
    notes.push_back(
        fmt::format("nobody is held out: {} people with two photos or more would be needed. Error "
                    "rates and a threshold are not measured, and the newest weights are kept",
                    kFewestToHoldOutOf));
  }
  if (!split.validation.empty()) {
    const std::size_t pairs = impostor_pairs(data, split);
    if (pairs < kFewestImpostorPairs) {
      notes.push_back(
          fmt::format("the {} held out give {} of different people: too few for a "
                      "threshold, {} are needed; the model ships without one",
                      counted_photos(split.validation.size()), counted(pairs, "pair", "pairs"),
                      kFewestImpostorPairs));
    }
  }
  if (is_labelled && plan.aligns_faces && starts_from_nothing && people < kFewPeople) {
    notes.push_back(fmt::format(
        "{} are few for this: a network that tells strangers apart learns from hundreds. To "
        "tell these people from each other takes no training: visavis classify "
        "--support {} PHOTO",
        counted_people(people), labelled_location(data)));
  }
  return notes;
}

void say_notes(ProgressSink& progress, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) progress.say("note: " + printable(note));
}

}  // namespace visavis
