#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "core/image/image.h"
#include "core/model/embedder.h"
#include "native/data/dataset.h"
#include "native/system/progress_sink.h"

namespace visavis {

struct PhotoAlteration;

/// What came of one photo: an embedding, or the reason why there is none.
struct EmbeddedPhoto {
  Embedding embedding;  ///< Empty when no face could be used.
  FaceFitness fitness;  ///< Of that face.
  std::string problem;  ///< "PHOTO: why" in one line; empty when there is an embedding.
  std::string reason;   ///< The same without the photo's name.
  bool unreadable = false;

  [[nodiscard]] bool has_face() const { return !embedding.empty(); }
};

/// What `embed` makes of a photo's name, or the reason why there is nothing where the Error that it
/// throws is_the_photos_fault; any other Error is thrown on. The name stands once in the problem,
/// whether or not the message begins with it.
EmbeddedPhoto try_photo(const PhotoRef& photo,
                        const std::function<Embedding(const std::string& name)>& embed);

/// From file to embedding for every photo, thread_count(threads) at a time (processors.h); the same
/// result whatever the thread count. No face, too small a face and an unreadable file become
/// problems; any other Error stops the run and is thrown. Photos that say so are altered first: the
/// whole journey then runs on the altered photo. `alteration` may be null where none does.
std::vector<EmbeddedPhoto> embed_photos(const FaceModels& models,
                                        const std::vector<PhotoRef>& photos, int threads,
                                        ProgressSink& progress,
                                        const PhotoAlteration* alteration = nullptr);

/// The same by each of `embedders` in place of models.embedder, [embedder][photo]. A photo is read,
/// altered and searched for faces once, and aligned once for all embedders of one template and input
/// size.
std::vector<std::vector<EmbeddedPhoto>> embed_photos_by_each(
    const FaceModels& models, const std::vector<const Model*>& embedders,
    const std::vector<PhotoRef>& photos, int threads, ProgressSink& progress,
    const PhotoAlteration* alteration = nullptr);

/// The aligned crops that models.embedder sees of photos; nothing where embed_photos finds no face
/// to use.
std::vector<std::optional<Image>> aligned_crops(const FaceModels& models,
                                                const std::vector<PhotoRef>& photos, int threads,
                                                ProgressSink& progress,
                                                const PhotoAlteration* alteration = nullptr);

}  // namespace visavis
