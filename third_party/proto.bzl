"""C++ from .proto files with the system's protoc."""

def cc_proto(name, src, deps = [], visibility = None):
    """A cc_library of the messages in one .proto file.

    Args:
      name: the library.
      src: the .proto file; imports are resolved from the workspace's root and the system's.
      deps: cc_proto libraries of imported files.
      visibility: of the library.
    """
    base = src[:-len(".proto")]
    native.genrule(
        name = name + "_codegen",
        srcs = [src],
        outs = [base + ".pb.h", base + ".pb.cc"],
        cmd = "protoc --proto_path=. --proto_path=/usr/include --cpp_out=$(GENDIR) $(location %s)" % src,
        visibility = ["//visibility:private"],
    )
    native.cc_library(
        name = name,
        srcs = [base + ".pb.cc"],
        hdrs = [base + ".pb.h"],
        copts = ["-w"],
        visibility = visibility,
        deps = deps + ["@system//:protobuf"],
    )
