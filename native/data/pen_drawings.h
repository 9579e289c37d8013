#pragma once

#include <string>

#include "core/zeroshot/attribute_table.h"

namespace visavis {

/// stroke_attributes of every class, from what one drawer drew. `location` (as Dataset::open takes
/// it) holds Omniglot's pen paths, CLASS/.._NN.txt, where NN is the drawer's number; a class is the
/// path of its folder within the location ("Latin/character01"). Throws kInvalidArgument, naming
/// the class, where the drawer drew none or several of it; kIo where there are no .txt files, as
/// the file system says, and as parse_pen_drawing does.
AttributeTable describe_classes(const std::string& location, int drawer);

}  // namespace visavis
