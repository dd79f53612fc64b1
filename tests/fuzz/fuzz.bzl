"""Fuzz targets: one function, run by libFuzzer and as an ordinary test."""

def fuzz_target(name, srcs, deps):
    """A target `NAME_fuzz` for libFuzzer and a test `NAME_test` over its corpus.

    The function is LLVMFuzzerTestOneInput. The test runs it on every file of corpus/NAME, of which
    there must be some, and on mutations of them. The dictionary, if any, is NAME.dict.

    Args:
      name: of the target, and of its corpus.
      srcs: with LLVMFuzzerTestOneInput and, optionally, LLVMFuzzerCustomMutator.
      deps: of srcs.
    """
    native.cc_library(
        name = name + "_input",
        testonly = True,
        srcs = srcs,
        deps = deps,
        alwayslink = True,
        visibility = ["//visibility:private"],
    )

    # Links with --config=fuzz alone, so it is built only by name.
    native.cc_binary(
        name = name + "_fuzz",
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = [":" + name + "_input"],
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = ["replay_main.cc"],
        args = ["tests/fuzz/corpus/" + name],
        data = native.glob(["corpus/" + name + "/*"]),
        deps = [":" + name + "_input"],
    )
