#pragma once

#include <string>
#include <string_view>

namespace shadowreel {

// What redaction does with a header or trailer, by its name.
enum class FieldRule {
  kPlain,          // only the detectors look at it
  kExempt,         // left as it is: identifiers and framing that replay and joining need
  kAuthorization,  // "<scheme> <credential>": the credential goes (RFC 9110, 11.6.2)
  kCredential,     // the whole value goes
  kCookie,         // every cookie's value goes (RFC 6265, 4.2.1)
  kUrl,            // userinfo and secret query values go
  kSetCookie,      // the cookie's value goes, its attributes stay (RFC 6265, 4.1.1)
};

// The rule for a field name, compared without case.
FieldRule RuleOfField(std::string_view name);

// The same for a field of a response. Not part of PolicyDigest: recorders take no responses.
FieldRule RuleOfResponseField(std::string_view name);

// Whether the value of this query key is secret. The name as it stands in the query: it is
// percent-decoded (RFC 3986, 2.1) and compared without case.
bool IsSecretQueryKey(std::string_view raw_name);

// SHA-256 over every table for requests, the rules' version and the mode's name; the first 16
// bytes.
std::string PolicyDigest(std::string_view mode);

}  // namespace shadowreel
