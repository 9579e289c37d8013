#include "native/training/losses/make_loss.h"

#include <fmt/format.h>

#include <array>

#include "core/base/error.h"
#include "native/training/losses/arcface.h"
#include "native/training/losses/contrastive.h"
#include "native/training/losses/distillation.h"
#include "native/training/losses/koch_verification.h"
#include "native/training/losses/loss_spec.h"
#include "native/training/losses/matching.h"
#include "native/training/losses/prototypical.h"
#include "native/training/losses/relational_distillation.h"
#include "native/training/losses/triplet.h"
#include "native/training/losses/weighted_sum.h"

namespace visavis {
namespace {

constexpr double kMin = 1e-6;  // "Above 0" for options.
constexpr double kHalfPi = 1.5707963267948966;

template <class T>
using Made = std::unique_ptr<Loss<T>>;
template <class T>
using Make = Made<T> (*)(LossOptions&, const LossContext&, ThreadPool&);

PairMining pair_mining(LossOptions& options, PairMining otherwise) {
  if (otherwise == PairMining::kAll) {
    constexpr std::array kModes = {PairMining::kAll, PairMining::kRandom, PairMining::kHard};
    return kModes[options.choice("mining", {"all", "random", "hard"})];
  }
  constexpr std::array kModes = {PairMining::kRandom, PairMining::kHard, PairMining::kAll};
  return kModes[options.choice("mining", {"random", "hard", "all"})];
}

template <class T>
Made<T> make_contrastive(LossOptions& options, const LossContext& context, ThreadPool& threads) {
  ContrastiveOptions made;
  made.margin = options.number("margin", made.margin, kMin, 1e6);
  made.mining = pair_mining(options, PairMining::kAll);
  made.seed = context.seed;
  return make_contrastive_loss<T>(made, threads);
}

template <class T>
Made<T> make_triplet(LossOptions& options, const LossContext& context, ThreadPool& threads) {
  constexpr std::array kModes = {TrioMining::kBatchHard, TrioMining::kSemiHard,
                                 TrioMining::kRandom};
  TripletOptions made;
  if (options.is("margin", "soft")) {
    options.choice("margin", {"soft"});
    made.margin.reset();
  } else {
    made.margin = options.number("margin", *made.margin, kMin, 1e6);
  }
  made.mining = kModes[options.choice("mining", {"batch-hard", "semi-hard", "random"})];
  made.has_squared_distance = options.choice("distance", {"euclidean", "squared"}) == 1;
  made.seed = context.seed;
  return make_triplet_loss<T>(made, threads);
}

template <class T>
Made<T> make_prototypical(LossOptions& options, const LossContext&, ThreadPool&) {
  constexpr std::array kModes = {Similarity::kEuclidean, Similarity::kCosine};
  PrototypicalOptions made;
  made.similarity = kModes[options.choice("similarity", {"euclidean", "cosine"})];
  made.scale = options.number("scale", made.scale, kMin, 1e4);
  return make_prototypical_loss<T>(made);
}

template <class T>
Made<T> make_matching(LossOptions& options, const LossContext& context, ThreadPool&) {
  constexpr std::array kModes = {Similarity::kCosine, Similarity::kEuclidean};
  MatchingOptions made;
  made.similarity = kModes[options.choice("similarity", {"cosine", "euclidean"})];
  made.scale = options.number("scale", made.scale, kMin, 1e4);
  if (options.choice("full-context", {"false", "true"}) == 1) {
    const auto steps = options.count("steps", 5, static_cast<std::size_t>(kMaxContextSteps));
    if (steps == 0) refuse("loss 'matching': steps=0 reads nothing; use 1 or more");
    made.context_steps = static_cast<int>(steps);
    made.dimensions = context.dimensions;
    made.seed = context.seed;
  }
  return make_matching_loss<T>(made);
}

template <class T>
Made<T> make_arcface(LossOptions& options, const LossContext& context, ThreadPool& threads) {
  if (context.classes < 2) {
    refuse(fmt::format("loss 'arcface' needs at least 2 people; the training data has {}",
                       context.classes));
  }
  ArcFaceOptions made;
  made.classes = context.classes;
  made.dimensions = context.dimensions;
  made.scale = options.number("scale", made.scale, kMin, 1e3);
  made.margin = options.number("margin", made.margin, 0, kHalfPi);
  made.warmup_steps = options.count("warmup", made.warmup_steps, 1'000'000'000);
  made.seed = context.seed;
  return make_arcface_loss<T>(made, threads);
}

template <class T>
Made<T> make_distillation(LossOptions&, const LossContext& context, ThreadPool&) {
  return make_distillation_loss<T>({context.dimensions, context.teacher_dimensions, context.seed});
}

template <class T>
Made<T> make_relational(LossOptions& options, const LossContext&, ThreadPool& threads) {
  RelationalOptions made;
  made.distance = options.number("distance", made.distance, 0, 1e6);
  made.angle = options.number("angle", made.angle, 0, 1e6);
  if (made.distance == 0 && made.angle == 0) {
    refuse("loss 'relational': distance=0 and angle=0 leave nothing; raise one");
  }
  return make_relational_loss<T>(made, threads);
}

template <class T>
Made<T> make_koch(LossOptions& options, const LossContext& context, ThreadPool& threads) {
  KochOptions made;
  made.dimensions = context.dimensions;
  made.mining = pair_mining(options, PairMining::kRandom);
  made.seed = context.seed;
  return make_koch_loss<T>(made, threads);
}

struct LossKind {
  const char* name;
  LossNeeds needs;
  Make<float> make_float;
  Make<double> make_double;
  const char* help;
};

// A new loss is one line here.
constexpr LossNeeds kEpisodes{true, false, false, false};
constexpr LossNeeds kPeoplePhotos{false, true, false, false};
constexpr LossNeeds kClasses{false, false, true, false};
constexpr LossNeeds kTeacher{false, false, false, true};
constexpr std::array kKinds = {
    LossKind{"contrastive", kPeoplePhotos, make_contrastive<float>, make_contrastive<double>,
             "pairs (Hadsell 2006): margin=1, mining=all|random|hard"},
    LossKind{"triplet", kPeoplePhotos, make_triplet<float>, make_triplet<double>,
             "trios (Schroff 2015, Hermans 2017): margin=0.3|soft, "
             "mining=batch-hard|semi-hard|random, distance=euclidean|squared"},
    LossKind{"koch", kPeoplePhotos, make_koch<float>, make_koch<double>,
             "pairs by a learned weighted L1 distance (Koch 2015): mining=random|hard|all"},
    LossKind{"prototypical", kEpisodes, make_prototypical<float>, make_prototypical<double>,
             "episodes (Snell 2017): similarity=euclidean|cosine, scale=1"},
    LossKind{
        "matching", kEpisodes, make_matching<float>, make_matching<double>,
        "episodes (Vinyals 2016): similarity=cosine|euclidean, scale=1, full-context=false|true "
        "(LSTMs over the support and the query), then steps=5 (reads of the support)"},
    LossKind{"arcface", kClasses, make_arcface<float>, make_arcface<double>,
             "identities (Deng 2019): scale=32, margin=0.5 (radians), warmup=0 (steps)"},
    LossKind{"distill", kTeacher, make_distillation<float>, make_distillation<double>,
             "cosine to a teacher's embedding, through a learned map where lengths differ"},
    LossKind{"relational", kTeacher, make_relational<float>, make_relational<double>,
             "a teacher's distances and angles (Park 2019): distance=1, angle=2"},
};

const LossKind& find_kind(const std::string& name) {
  std::string names;
  for (const LossKind& kind : kKinds) {
    if (name == kind.name) return kind;
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  refuse(fmt::format("there is no loss '{}'; use {}", name, names));
}

void check_context(const LossKind& kind, const LossContext& context) {
  if (context.dimensions == 0) {
    throw Error(ErrorCode::kInternal, "make_loss: the length of an embedding is missing");
  }
  if (kind.needs.teacher && context.teacher_dimensions == 0) {
    refuse(fmt::format("loss '{}' needs a teacher; give one with --teacher MODEL", kind.name));
  }
}

template <class T>
Make<T> maker(const LossKind& kind) {
  if constexpr (std::is_same_v<T, float>) {
    return kind.make_float;
  } else {
    return kind.make_double;
  }
}

}  // namespace

LossNeeds loss_needs(const std::string& spec) {
  LossNeeds all;
  for (const LossTerm& term : parse_loss_spec(spec)) {
    const LossNeeds& needs = find_kind(term.name).needs;
    all.episodes |= needs.episodes;
    all.people_photos |= needs.people_photos;
    all.classes |= needs.classes;
    all.teacher |= needs.teacher;
  }
  return all;
}

template <class T>
std::unique_ptr<Loss<T>> make_loss(const std::string& spec, const LossContext& context,
                                   ThreadPool& threads) {
  std::vector<WeightedLoss<T>> terms;
  for (const LossTerm& term : parse_loss_spec(spec)) {
    const LossKind& kind = find_kind(term.name);
    check_context(kind, context);
    LossOptions options(term);
    WeightedLoss<T> made;
    made.name = term.name;
    made.weight = options.number("weight", 1, kMin, 1e6);
    made.loss = maker<T>(kind)(options, context, threads);
    options.check_all_known();
    terms.push_back(std::move(made));
  }
  if (terms.size() == 1 && terms[0].weight == 1) return std::move(terms[0].loss);
  return make_weighted_sum<T>(std::move(terms));
}

std::string loss_help() {
  std::string help;
  for (const LossKind& kind : kKinds) help += fmt::format("{:<13} {}\n", kind.name, kind.help);
  return help + "Join losses with '+'; each takes weight=1: arcface:scale=32+distill:weight=2\n";
}

std::string losses_of_single_photos() {
  std::string names;
  for (const LossKind& kind : kKinds) {
    if (kind.needs.episodes || kind.needs.people_photos) continue;
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  return names;
}

void check_people_by_photos(const LossNeeds& needs, std::size_t people, std::size_t photos) {
  if (!needs.people_photos) return;
  const std::string plan = fmt::format("batches of {} people x {} photos", people, photos);
  if (people < 2) refuse(plan + " hold no two different people; take at least 2 people");
  if (photos < 2) refuse(plan + " hold no two photos of one person; take at least 2 photos");
}

template std::unique_ptr<Loss<float>> make_loss<float>(const std::string&, const LossContext&,
                                                       ThreadPool&);
template std::unique_ptr<Loss<double>> make_loss<double>(const std::string&, const LossContext&,
                                                         ThreadPool&);

}  // namespace visavis
