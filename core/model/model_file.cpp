#include "core/model/model_file.h"

#include <algorithm>
#include <cereal/archives/portable_binary.hpp>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "core/base/envelope.h"
#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/parse_number.h"
#include "core/model/model_archive.h"
#include "core/model/span_archive.h"
#include "core/network/clean_parameters.h"
#include "core/network/int8_filter.h"

namespace visavis {
namespace {

constexpr EnvelopeFormat kFormat = {{'V', 'I', 'S', 'A', 'V', 'I', 'S', 0},
                                    kModelFormatVersion,
                                    "visavis model",
                                    "; copy or download it again"};

// Parameters -------------------------------------------------------------------------------------

/// Vectors (bias, slope, ..) are few bytes and sensitive: always fp32.
WeightStorage storage_of(const Shape& shape, WeightStorage storage) {
  return shape.size() < 2 ? WeightStorage::kFloat32 : storage;
}

std::uint64_t stored_bytes(const Shape& shape, WeightStorage storage) {
  const std::uint64_t count = element_count(shape);
  switch (storage_of(shape, storage)) {
    case WeightStorage::kFloat32:
      return 4 * count;
    case WeightStorage::kFloat16:
      return 2 * count;
    case WeightStorage::kInt8:
      return count + 4 * FilterChannels(shape).count;
  }
  return 0;
}

template <class Archive, class T>
void array(Archive& archive, T* data, std::size_t count) {
  archive(cereal::binary_data(data, count * sizeof(T)));
}

using OutputArchive = cereal::PortableBinaryOutputArchive;
using InputArchive = SpanInputArchive;

void save_half(OutputArchive& archive, const std::string& name, const Tensor& tensor) {
  std::vector<std::uint16_t> halves;
  halves.reserve(tensor.size());
  for (const float value : tensor) {
    if (std::abs(value) >= 65520.0F) {
      throw Error(ErrorCode::kInvalidArgument, "parameter '" + name + "' holds " +
                                                   number_text(value) +
                                                   ", too large for fp16; store it as fp32");
    }
    halves.push_back(half_from_float(value));
  }
  array(archive, halves.data(), halves.size());
}

void save_int8(OutputArchive& archive, const Tensor& tensor) {
  const Int8Filter filter = quantize_filter(tensor);
  array(archive, filter.scales.data(), filter.scales.size());
  array(archive, filter.levels.data(), filter.levels.size());
}

void save_parameter(OutputArchive& archive, const std::string& name, const Tensor& tensor,
                    WeightStorage storage) {
  switch (storage_of(tensor.shape(), storage)) {
    case WeightStorage::kFloat32:
      return array(archive, tensor.data(), tensor.size());
    case WeightStorage::kFloat16:
      return save_half(archive, name, tensor);
    case WeightStorage::kInt8:
      return save_int8(archive, tensor);
  }
}

Tensor load_parameter(InputArchive& archive, const Shape& shape, WeightStorage storage) {
  Tensor tensor(shape);
  switch (storage_of(shape, storage)) {
    case WeightStorage::kFloat32:
      array(archive, tensor.data(), tensor.size());
      break;
    case WeightStorage::kFloat16: {
      std::vector<std::uint16_t> halves(tensor.size());
      array(archive, halves.data(), halves.size());
      std::transform(halves.begin(), halves.end(), tensor.data(), float_from_half);
      break;
    }
    case WeightStorage::kInt8: {
      const FilterChannels channel_of(shape);
      std::vector<float> scales(channel_of.count);
      array(archive, scales.data(), scales.size());
      std::vector<std::int8_t> quantized(tensor.size());
      array(archive, quantized.data(), quantized.size());
      for (std::size_t i = 0; i < tensor.size(); ++i) {
        tensor[i] = static_cast<float>(quantized[i]) * scales[channel_of(i)];
      }
      break;
    }
  }
  return tensor;
}

// Payload ----------------------------------------------------------------------------------------

void save_parameters(OutputArchive& archive, const std::vector<ParameterSpec>& specs,
                     const Parameters& parameters, WeightStorage storage) {
  for (const ParameterSpec& spec : specs) {
    save_parameter(archive, spec.name, parameters.at(spec.name), storage);
  }
}

Parameters load_parameters(InputArchive& archive, const std::vector<ParameterSpec>& specs,
                           WeightStorage storage) {
  Parameters parameters;
  for (const ParameterSpec& spec : specs) {
    if (stored_bytes(spec.shape, storage) > archive.left()) {
      throw std::runtime_error("it ends before parameter '" + spec.name + "' does");
    }
    parameters.emplace(spec.name, load_parameter(archive, spec.shape, storage));
  }
  return parameters;
}

void save_head(OutputArchive& archive, const Model& model, WeightStorage storage) {
  const FewShotHead& head = model.few_shot;
  archive(head);
  if (head.kind == FewShotHeadKind::kNone) return;
  save_parameters(archive, head_parameter_specs(head.kind, output_length(model.network)),
                  head.parameters, storage);
}

void load_head(InputArchive& archive, WeightStorage storage, Model& model) {
  FewShotHead& head = model.few_shot;
  archive(head);
  if (head.kind == FewShotHeadKind::kNone) return;
  if (model.network.outputs.empty()) throw std::runtime_error("a few-shot head without an output");
  head.parameters = load_parameters(
      archive, head_parameter_specs(head.kind, output_length(model.network)), storage);
}

/// The part of the calibration that version 3 added.
void save_alike_strangers(OutputArchive& archive, const CalibrationTable& table) {
  archive(static_cast<std::uint8_t>(table.alike ? 1 : 0));
  if (!table.alike) return;
  archive(*table.alike);
  for (const CalibrationPoint& point : table.points) archive(*point.alike_fmr);
}

void load_alike_strangers(InputArchive& archive, CalibrationTable& table) {
  std::uint8_t is_there = 0;
  archive(is_there);
  if (is_there == 0) return;
  archive(table.alike.emplace());
  for (CalibrationPoint& point : table.points) archive(point.alike_fmr.emplace());
}

/// The part of the calibration that version 5 added.
void save_decision(OutputArchive& archive, const CalibrationTable& table) {
  archive(static_cast<std::uint8_t>(table.decision ? 1 : 0));
  if (table.decision) archive(*table.decision);
}

void load_decision(InputArchive& archive, CalibrationTable& table) {
  std::uint8_t is_there = 0;
  archive(is_there);
  if (is_there != 0) archive(table.decision.emplace());
}

std::string save_payload(const Model& model, WeightStorage storage) {
  std::ostringstream stream;
  {
    OutputArchive archive(stream, OutputArchive::Options::LittleEndian());
    archive(model, static_cast<std::uint8_t>(storage));
    save_parameters(archive, parameter_specs(model.network), model.parameters, storage);
    save_head(archive, model, storage);
    save_alike_strangers(archive, model.calibration);
    archive(model.activation_scales);
    save_decision(archive, model.calibration);
  }
  return std::move(stream).str();
}

/// Throws std::exception in any of its forms: the checksum was right, the content is not.
Model load_payload(std::span<const std::uint8_t> payload, std::uint32_t version,
                   WeightStorage* stored_as) {
  InputArchive archive(payload);
  Model model;
  std::uint8_t storage = 0;
  archive(model, storage);
  if (storage > static_cast<std::uint8_t>(WeightStorage::kInt8)) {
    throw std::runtime_error("weights of unknown storage " + std::to_string(storage));
  }
  const auto weights = static_cast<WeightStorage>(storage);
  if (stored_as != nullptr) *stored_as = weights;
  model.parameters = load_parameters(archive, parameter_specs(model.network), weights);
  if (version >= 2) load_head(archive, weights, model);
  if (version >= 3) load_alike_strangers(archive, model.calibration);
  if (version >= 4) archive(model.activation_scales);
  if (version >= 5) load_decision(archive, model.calibration);
  zero_tiny_weights(model.parameters);  // Vectors of older files may hold denormals.
  if (archive.left() > 0) throw std::runtime_error("bytes are left over");
  check_model(model);
  return model;
}

}  // namespace

std::string to_string(WeightStorage storage) {
  switch (storage) {
    case WeightStorage::kFloat32:
      return "fp32";
    case WeightStorage::kFloat16:
      return "fp16";
    case WeightStorage::kInt8:
      return "int8";
  }
  return "?";
}

void save_model(const Model& model, std::ostream& out, WeightStorage storage) {
  check_model(model);
  const std::string payload = save_payload(model, storage);
  write_envelope(kFormat, payload, out);
  if (!out.flush()) {
    throw Error(ErrorCode::kIo, "cannot write the model '" + model.name +
                                    "': the disk is full or the file was closed");
  }
}

Model load_model(std::span<const std::uint8_t> bytes, const std::string& source,
                 WeightStorage* storage) {
  const auto payload = open_envelope(kFormat, bytes, source);
  try {
    return load_payload(payload, envelope_version(bytes), storage);
  } catch (const std::exception& problem) {
    throw_damaged(kFormat, problem, source);
  }
}

}  // namespace visavis
