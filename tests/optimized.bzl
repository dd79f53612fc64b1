"""Tests that do so much that their code must be optimized, whatever the rest is built like."""

def _optimize_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

_optimize = transition(
    implementation = _optimize_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _optimized_test_impl(ctx):
    program = ctx.attr.program[0]
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable.program, is_executable = True)
    return [DefaultInfo(
        executable = executable,
        runfiles = program[DefaultInfo].default_runfiles,
    )]

# Runs `program`, a test or a binary, built with -c opt. Its flags of a sanitizer stay.
optimized_test = rule(
    implementation = _optimized_test_impl,
    attrs = {
        "program": attr.label(cfg = _optimize, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)
