#pragma once

#include <Eigen/Core>
#include <string>

#include "core/model/model.h"

namespace visavis {

/// Appends to an embedder: its embeddings are then map * embedding + offset, brought to unit
/// length. The layers are called `name` and NAME_embedding, and NAME_input before them where the
/// network's output is not yet of unit length. They compute in fp32, and activation scales stay as
/// they are.
void append_linear_map(Model& model, const std::string& name, const Eigen::MatrixXf& map,
                       const Eigen::VectorXf& offset);

/// Removes what append_linear_map appended last under that name. Returns false where there is none.
bool remove_linear_map(Model& model, const std::string& name);

}  // namespace visavis
