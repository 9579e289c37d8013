/**
 * The functions of core/api/api.h as Emscripten hands them out, kept by hand; tests/wasm/exports.test.ts
 * holds this interface, api.h, exports.txt and the built module together.
 */

/** Names an object inside the core; 0 is none. */
export type Handle = number;
/** An address in the WebAssembly memory; only heap.ts follows one. */
export type Pointer = number;

export interface RawExports {
  _malloc(size: number): Pointer;
  _free(pointer: Pointer): void;

  _visavis_error_code(): number;
  _visavis_error_message(): Pointer;
  _visavis_live_handles(): number;
  _visavis_destroy(handle: Handle): void;

  _visavis_models_create(): Handle;
  _visavis_models_load(
    models: Handle,
    role: number,
    bytes: Pointer,
    size: number,
    source: Pointer,
  ): void;
  _visavis_verifier_create(models: Handle): Handle;
  _visavis_verifier_embedder_name(verifier: Handle): Pointer;
  _visavis_verifier_model(verifier: Handle): Pointer;

  _visavis_image_create(width: number, height: number): Handle;
  _visavis_image_write(image: Handle, firstRow: number, rows: number, rgba: Pointer): void;
  _visavis_image_write_stored(
    image: Handle,
    orientation: number,
    isBlueFirst: number,
    firstRow: number,
    rows: number,
    pixels: Pointer,
  ): void;

  _visavis_ink_find(picture: Handle): Handle;

  _visavis_faces_detect(verifier: Handle, image: Handle, isQuick: number): Handle;
  _visavis_faces_count(faces: Handle): number;
  _visavis_faces_values(faces: Handle): Pointer;

  _visavis_track(verifier: Handle, frame: Handle, previous: Pointer): Handle;
  _visavis_track_landmarks(track: Handle): Pointer;
  _visavis_track_quality(track: Handle): Pointer;

  _visavis_template_create(verifier: Handle, image: Handle, face: Pointer): Handle;
  _visavis_template_embedding(template: Handle): Pointer;
  _visavis_template_embedding_length(template: Handle): number;
  _visavis_template_crop(template: Handle): Pointer;
  _visavis_template_crop_width(template: Handle): number;
  _visavis_template_crop_height(template: Handle): number;
  _visavis_template_quality(template: Handle): Pointer;
  _visavis_template_issue_count(template: Handle): number;
  _visavis_template_issue_code(template: Handle, index: number): Pointer;
  _visavis_template_issue_message(template: Handle, index: number): Pointer;

  _visavis_verify(
    verifier: Handle,
    reference: Pointer,
    probe: Pointer,
    length: number,
    threshold: number,
    verdict: Pointer,
  ): void;
  _visavis_decide(
    verifier: Handle,
    distance: number,
    policy: number,
    referenceConfidence: number,
    referenceIssues: number,
    probeConfidence: number,
    probeIssues: number,
  ): number;
  _visavis_decision_bounds(verifier: Handle, policy: number, bounds: Pointer): void;
  _visavis_decision_reasons(verifier: Handle): Pointer;
  _visavis_calibration_values(verifier: Handle): Pointer;
  _visavis_calibration_length(verifier: Handle): number;
  _visavis_calibration_source(verifier: Handle): Pointer;
  _visavis_calibration_rates(verifier: Handle, distance: number, rates: Pointer): void;
  _visavis_calibration_threshold(verifier: Handle, fmr: number): number;
  _visavis_calibration_rejection_distance(verifier: Handle): number;
  _visavis_operating_point_count(): number;
  _visavis_operating_point_name(index: number): Pointer;
  _visavis_operating_point(verifier: Handle, index: number, values: Pointer): void;
  _visavis_calibration_odds(verifier: Handle, fmr: number): Pointer;
  _visavis_calibration_alike_odds(verifier: Handle, fmr: number): Pointer;
  _visavis_calibration_grouped_by(verifier: Handle): Pointer;
  _visavis_calibration_worst_group(verifier: Handle): Pointer;

  _visavis_embedder_create(bytes: Pointer, size: number, source: Pointer): Handle;
  _visavis_embedder_name(embedder: Handle): Pointer;
  _visavis_embedder_model(embedder: Handle): Pointer;
  _visavis_embedder_side(embedder: Handle): number;
  _visavis_embedder_embedding_length(embedder: Handle): number;
  _visavis_embedder_threshold(embedder: Handle, fmr: number): number;
  _visavis_embedder_rejection_distance(embedder: Handle): number;
  _visavis_embedder_embed(embedder: Handle, image: Handle, embedding: Pointer, crop: Pointer): void;

  _visavis_support_create(embeddingLength: number): Handle;
  _visavis_support_add(support: Handle, name: Pointer, embedding: Pointer, length: number): void;
  _visavis_support_remove_example(support: Handle, name: Pointer, example: number): void;
  _visavis_support_remove_class(support: Handle, name: Pointer): void;
  _visavis_support_class_count(support: Handle): number;
  _visavis_support_class_name(support: Handle, index: number): Pointer;
  _visavis_support_class_shots(support: Handle, index: number): number;
  _visavis_support_rows(support: Handle): Pointer;
  _visavis_support_classify(
    support: Handle,
    query: Pointer,
    length: number,
    method: number,
    similarity: number,
    scale: number,
    rejectionDistance: number,
    ranking: Pointer,
  ): number;
  _visavis_support_pack(support: Handle, model: Pointer): number;
  _visavis_support_packed(support: Handle): Pointer;
  _visavis_support_unpack(bytes: Pointer, size: number, model: Pointer, source: Pointer): Handle;
}

/** Emscripten's module object; the views are replaced whenever the memory grows. */
export interface WasmModule extends RawExports {
  readonly HEAPU8: Uint8Array;
}

/** What the default export of visavis.mjs takes. */
export interface ModuleOptions {
  wasmBinary: ArrayBuffer | Uint8Array;
  print?: (line: string) => void;
  printErr?: (line: string) => void;
}

export type ModuleFactory = (options: ModuleOptions) => Promise<WasmModule>;
