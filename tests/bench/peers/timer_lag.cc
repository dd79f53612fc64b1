// What this machine's timer gives to a loop that does nothing else: sleeps until the times of a
// seeded Poisson schedule, and prints how late it woke, as JSON in nanoseconds.
//
//   timer_lag RATE COUNT
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

namespace {

int64_t Now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void SleepUntil(int64_t nanos) {
  const timespec until{nanos / 1'000'000'000, nanos % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  double rate = 0;
  size_t count = 0;
  if (argc != 3 || std::sscanf(argv[1], "%lf", &rate) != 1 || rate <= 0 ||
      std::sscanf(argv[2], "%zu", &count) != 1 || count == 0) {
    std::fprintf(stderr, "usage: timer_lag RATE COUNT\n");
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1UL);
  std::mt19937_64 random(1);
  std::exponential_distribution<double> gap(rate);
  std::vector<int64_t> late;
  late.reserve(count);
  double offset = 0;
  const int64_t started = Now();
  for (size_t i = 0; i < count; ++i) {
    offset += gap(random);
    const int64_t due = started + static_cast<int64_t>(offset * 1e9);
    if (Now() < due) SleepUntil(due);
    late.push_back(Now() - due);
  }
  std::sort(late.begin(), late.end());
  const auto at = [&](double part) {
    return static_cast<long long>(late[static_cast<size_t>(part * (late.size() - 1))]);
  };
  std::printf("{\"p50\": %lld, \"p99\": %lld, \"p999\": %lld}\n", at(0.5), at(0.99), at(0.999));
  return 0;
}
