// Leaks that are not ours, which LeakSanitizer would report at the end of the tests of the preset
// asan.

/// LeakSanitizer asks for this name. libx265 keeps a few blocks for each HEIC file that a test
/// encodes; the product only decodes.
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265\n"; }  // NOLINT
