#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <functional>
#include <random>

#include "base/status.h"
#include "formats/reel/record_comparison.h"
#include "formats/reel/recording_difference.h"
#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/reel/recordings.h"

// A test of the test: whatever one thing changes between two recordings, written and read as files,
// diff finds it.
namespace shadowreel {
namespace {

using Random = std::mt19937;

constexpr Tolerances kNone{};
constexpr Tolerances kCurl{.curl = true};
constexpr Tolerances kAcross{.across_versions = true};
constexpr Tolerances kBoth{.curl = true, .across_versions = true};

bool Coin(Random& random) { return random() % 2 == 0; }

std::string RandomBytes(Random& random, size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string RandomName(Random& random) {
  std::string name = "X";
  while (name.size() < 3 + random() % 5) {
    name.push_back(static_cast<char>((Coin(random) ? 'a' : 'A') + random() % 26));
  }
  return name;
}

Fields RandomFields(Random& random, size_t count) {
  Fields fields;
  for (size_t i = 0; i < count; ++i) {
    const bool again = i > 0 && random() % 4 == 0;  // a duplicate, of another value or the same
    const std::string name = again ? std::string(fields[i - 1].name) : RandomName(random);
    const std::string value = again && Coin(random) ? std::string(fields[i - 1].value)
                                                    : RandomBytes(random, random() % 9);
    fields.Add(name, value);
  }
  return fields;
}

// Like Fields, open to any change.
using FieldList = std::vector<std::pair<std::string, std::string>>;

FieldList ListOf(const Fields& fields) {
  FieldList list;
  for (const FieldView field : fields) list.emplace_back(field.name, field.value);
  return list;
}

Fields FieldsOf(const FieldList& list) {
  Fields fields;
  for (const auto& [name, value] : list) fields.Add(name, value);
  return fields;
}

void InsertSomewhere(Random& random, std::string name, std::string value, FieldList* list) {
  const auto at = static_cast<ptrdiff_t>(random() % (list->size() + 1));
  list->insert(list->begin() + at, {std::move(name), std::move(value)});
}

Record RandomRecord(Random& random, int ordinal) {
  Record record;
  record.arrival = record.completed = At(ordinal);
  record.method = Coin(random) ? "POST" : "GET";
  record.target = "/" + RandomBytes(random, 6) + std::to_string(ordinal);
  record.body = RandomBytes(random, random() % 20);
  record.authority = "shop";
  FieldList headers = ListOf(RandomFields(random, random() % 6));
  if (Coin(random)) {
    InsertSomewhere(random, "X-Request-Id", std::to_string(random()), &headers);
  }
  const bool first = Coin(random);
  if (!first) InsertSomewhere(random, Coin(random) ? "Host" : "hOst", "shop", &headers);
  if (Coin(random)) {
    record.framing = Framing::kChunked;
    InsertSomewhere(random, "Transfer-Encoding", "chunked", &headers);
    record.trailers = RandomFields(random, random() % 3);
  } else {
    record.framing = Framing::kContentLength;
    InsertSomewhere(random, "Content-Length", std::to_string(record.body.size()), &headers);
  }
  if (first) headers.insert(headers.begin(), {Coin(random) ? "Host" : "HOST", "shop"});
  record.headers = FieldsOf(headers);
  record.complete = random() % 4 != 0;
  record.truncated = random() % 4 == 0;
  record.wire_body_bytes = record.body.size() + (record.truncated ? 3 : 0);
  return record;
}

struct Change {
  std::string what;
  std::function<void(Record*)> apply;
};

// Each byte in turn is flipped, taken out, or gets a new one before it; and one is added.
void ByteChanges(Random& random, const std::string& what, size_t size,
                 const std::function<void(Record*, const std::function<void(std::string*)>&)>& in,
                 std::vector<Change>* changes) {
  for (size_t at = 0; at <= size; ++at) {
    const uint32_t kind = at == size ? 2 : random() % 3;
    const char byte = static_cast<char>(1 + random() % 255);
    const auto edit = [at, kind, byte](std::string* text) {
      if (kind == 0) (*text)[at] = static_cast<char>((*text)[at] ^ byte);
      if (kind == 1) text->erase(at, 1);
      if (kind == 2) text->insert(at, 1, byte);
    };
    changes->push_back({fmt::format("{}, byte {}, kind {}, {}", what, at, kind, int{byte}),
                        [in, edit](Record* record) { in(record, edit); }});
  }
}

void TextChanges(Random& random, const char* what, const Record& record, std::string Record::*text,
                 std::vector<Change>* changes) {
  const auto in = [text](Record* changed, const std::function<void(std::string*)>& edit) {
    edit(&(changed->*text));
  };
  ByteChanges(random, what, (record.*text).size(), in, changes);
}

Change ListChange(std::string what, Fields Record::*fields,
                  std::function<void(FieldList*)> change) {
  return {std::move(what), [fields, change](Record* record) {
            FieldList list = ListOf(record->*fields);
            change(&list);
            record->*fields = FieldsOf(list);
          }};
}

void FieldChanges(Random& random, const std::string& what, const Record& record,
                  Fields Record::*fields, std::vector<Change>* changes) {
  const FieldList list = ListOf(record.*fields);
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string field = fmt::format("{} {}", what, i);
    for (const bool name : {true, false}) {
      const auto in = [fields, i, name](Record* changed,
                                        const std::function<void(std::string*)>& edit) {
        FieldList edited = ListOf(changed->*fields);
        edit(name ? &edited[i].first : &edited[i].second);
        changed->*fields = FieldsOf(edited);
      };
      const std::string& text = name ? list[i].first : list[i].second;
      ByteChanges(random, field + (name ? " name" : " value"), text.size(), in, changes);
    }
    const std::string& name = list[i].first;
    const size_t letter = name.size() - 1;
    changes->push_back(ListChange(field + " name's case", fields, [i, letter](FieldList* edited) {
      (*edited)[i].first[letter] ^= 0x20;
    }));
    changes->push_back(ListChange(field + " gone", fields, [i](FieldList* edited) {
      edited->erase(edited->begin() + static_cast<ptrdiff_t>(i));
    }));
    changes->push_back(ListChange(field + " twice", fields, [i](FieldList* edited) {
      const auto copy = (*edited)[i];
      edited->insert(edited->begin() + static_cast<ptrdiff_t>(i), copy);
    }));
    if (i == 0 || list[i] == list[i - 1]) continue;
    changes->push_back(ListChange(field + " before its neighbour", fields, [i](FieldList* edited) {
      std::swap((*edited)[i - 1], (*edited)[i]);
    }));
  }
  changes->push_back(ListChange(what + " added", fields,
                                [](FieldList* edited) { edited->emplace_back("X-New", ""); }));
}

std::vector<Change> AllChanges(Random& random, const Record& record) {
  std::vector<Change> changes;
  TextChanges(random, "method", record, &Record::method, &changes);
  TextChanges(random, "target", record, &Record::target, &changes);
  TextChanges(random, "body", record, &Record::body, &changes);
  FieldChanges(random, "header", record, &Record::headers, &changes);
  FieldChanges(random, "trailer", record, &Record::trailers, &changes);
  changes.push_back({"complete", [](Record* changed) { changed->complete ^= true; }});
  changes.push_back({"truncated", [](Record* changed) {
                       changed->truncated ^= true;
                       changed->wire_body_bytes =
                           changed->body.size() + (changed->truncated ? 1 : 0);
                     }});
  if (record.truncated) {
    changes.push_back({"length on the wire", [](Record* changed) { ++changed->wire_body_bytes; }});
  }
  if (record.version == HttpVersion::kHttp2) {
    TextChanges(random, "authority", record, &Record::authority, &changes);
    return changes;  // its framing says nothing: a content-length does
  }
  for (const Framing framing : {Framing::kNone, Framing::kContentLength, Framing::kChunked}) {
    if (framing == record.framing) continue;
    changes.push_back({"framing", [framing](Record* changed) { changed->framing = framing; }});
  }
  changes.push_back({"version", [](Record* changed) { changed->version = HttpVersion::kHttp10; }});
  return changes;
}

class OneChangeTest : public ::testing::Test {
 protected:
  OneChangeTest() { std::printf("seed %u\n", seed_); }

  std::unique_ptr<TraceReader> Write(const std::string& name, const std::vector<Record>& records) {
    FakeClock clock;
    trace::SegmentHeader header;
    header.set_recording_uuid(std::string(16, name[0]));
    auto writer =
        SegmentWriter::Create(files_, clock, "d", name + std::to_string(++written_), header);
    EXPECT_TRUE(writer.ok()) << writer.status();
    for (const Record& record : records) EXPECT_TRUE((*writer)->Append(record).ok());
    EXPECT_TRUE((*writer)->Seal({}).ok());
    auto trace = TraceReader::Open(files_, {(*writer)->path()});
    EXPECT_TRUE(trace.ok()) << trace.status();
    return std::move(trace).value();
  }

  RecordingDifference Compare(const TraceReader& a, const TraceReader& b,
                              const Tolerances& tolerances) {
    Notices notices(stderr, false, clock_);
    auto difference = CompareRecordings(a, b, tolerances, {files_, "."}, notices);
    EXPECT_TRUE(difference.ok()) << difference.status();
    return std::move(difference).value();
  }

  // The changed record must be named as changed, and as the only one.
  void ExpectFound(const TraceReader& a, const TraceReader& b, const Tolerances& tolerances,
                   const std::string& what) {
    const RecordingDifference found = Compare(a, b, tolerances);
    EXPECT_TRUE(found.changed == 1 && found.only_a == 0 && found.only_b == 0 &&
                found.equal + 1 == a.records())
        << what << ": equal " << found.equal << ", changed " << found.changed << ", only in A "
        << found.only_a << ", only in B " << found.only_b << " (curl " << tolerances.curl
        << ", across versions " << tolerances.across_versions << ", seed " << seed_ << ")";
  }

  const uint32_t seed_ = std::random_device()();
  Random random_{seed_};
  FaultyFileSystem files_{{"d"}};
  const FakeClock clock_;
  int written_ = 0;
};

// Whether one of both is as libcurl writes it, and the other differs in case and place of Host
// only.
bool IsForcedByCurl(const Record& a, const Record& b) {
  const auto is_curls = [](const Record& record) {
    return record.headers.size() > 0 && record.headers[0].name == "Host";
  };
  const auto without_host = [](const Record& record) {
    Record rest = record;
    FieldList kept;
    for (const auto& field : ListOf(record.headers)) {
      if (!EqualsIgnoreCase(field.first, "host")) kept.push_back(field);
    }
    rest.headers = FieldsOf(kept);
    return rest;
  };
  return (is_curls(a) || is_curls(b)) && a.headers.Count("host") == 1 &&
         b.headers.Count("host") == 1 && a.headers.Find("host") == b.headers.Find("host") &&
         CompareRecords(without_host(a), without_host(b)).empty();
}

TEST_F(OneChangeTest, IsFoundAnywhere) {
  std::vector<Record> records;
  for (int i = 0; i < 4; ++i) records.push_back(RandomRecord(random_, i));
  const auto a = Write("a", records);
  for (const Tolerances& tolerances : {kNone, kCurl, kAcross, kBoth}) {
    EXPECT_FALSE(Compare(*a, *Write("b", records), tolerances).any());
  }
  int tried = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    for (const Change& change : AllChanges(random_, records[i])) {
      std::vector<Record> changed = records;
      change.apply(&changed[i]);
      const auto b = Write("b", changed);
      const bool forced = IsForcedByCurl(records[i], changed[i]);
      const bool version = change.what == "version";
      ExpectFound(*a, *b, kNone, change.what);
      if (!version) ExpectFound(*a, *b, kAcross, change.what);
      if (!forced) ExpectFound(*a, *b, kCurl, change.what);
      if (!forced && !version) ExpectFound(*a, *b, kBoth, change.what);
      EXPECT_EQ(Compare(*a, *b, kCurl).tolerated, forced ? 1u : 0u) << change.what;
      ++tried;
    }
  }
  EXPECT_GT(tried, 300);
}

// As a proxy would translate it.
Record InHttp2(Random& random, const Record& record) {
  Record translated = record;
  translated.version = HttpVersion::kHttp2;
  translated.framing = Framing::kNone;
  const auto lower = [](FieldList list) {
    for (auto& [name, value] : list) {
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return list;
  };
  FieldList headers;
  for (const auto& field : lower(ListOf(record.headers))) {
    if (field.first == "host" || field.first == "transfer-encoding") continue;
    if (field.first == "content-length" && !record.truncated && Coin(random)) continue;
    if (field.first == "content-length") translated.framing = Framing::kContentLength;
    headers.push_back(field);
  }
  translated.headers = FieldsOf(headers);
  translated.trailers = FieldsOf(lower(ListOf(record.trailers)));
  return translated;
}

TEST_F(OneChangeTest, IsFoundAcrossVersions) {
  std::vector<Record> records;
  std::vector<Record> translated;
  for (int i = 0; i < 4; ++i) {
    records.push_back(RandomRecord(random_, i));
    translated.push_back(InHttp2(random_, records.back()));
  }
  const auto a = Write("a", records);
  for (const Tolerances& tolerances : {kAcross, kBoth}) {
    const RecordingDifference found = Compare(*a, *Write("b", translated), tolerances);
    EXPECT_EQ(found.tolerated, 4u) << seed_;
    EXPECT_FALSE(found.any()) << seed_;
  }
  EXPECT_EQ(Compare(*a, *Write("b", translated), kCurl).equal, 0u);
  for (size_t i = 0; i < records.size(); ++i) {
    for (const Change& change : AllChanges(random_, translated[i])) {
      std::vector<Record> changed = translated;
      change.apply(&changed[i]);
      // A true Content-Length may be on one side only.
      const bool had_length = translated[i].headers.Find("content-length").has_value();
      const bool has_length = changed[i].headers.Find("content-length").has_value();
      if (change.what.ends_with("gone") && had_length && !has_length) continue;
      const auto b = Write("b", changed);
      ExpectFound(*a, *b, kAcross, change.what);
      ExpectFound(*a, *b, kBoth, change.what);
    }
  }
}

TEST_F(OneChangeTest, IsFoundInALongBody) {
  std::vector<Record> records = {RandomRecord(random_, 0), RandomRecord(random_, 1)};
  records[1].truncated = false;
  records[1].body = RandomBytes(random_, 2'500'000);
  records[1].wire_body_bytes = records[1].body.size();
  const auto a = Write("a", records);
  for (const size_t at : {size_t{0}, size_t{1} << 20, (size_t{1} << 20) - 1, size_t{2'499'999}}) {
    std::vector<Record> changed = records;
    changed[1].body[at] ^= 1;
    const auto b = Write("b", changed);
    for (const Tolerances& tolerances : {kNone, kCurl, kAcross, kBoth}) {
      ExpectFound(*a, *b, tolerances, fmt::format("body, byte {}", at));
    }
  }
}

}  // namespace
}  // namespace shadowreel
