#pragma once

#include <string>

namespace shadowreel {

// The JSON schema (draft 7) of scenarios, for editors: generated from scenario.proto, with a line
// end at the end. It knows less than the loader: of an expression or a rewrite, that it is a text.
// Texts with ${NAME} in them fit everywhere.
std::string ScenarioJsonSchema();

}  // namespace shadowreel
