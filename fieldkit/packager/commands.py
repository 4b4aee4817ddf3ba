"""What the verbs of the build tool do with their options."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from fieldkit import tuning
from fieldkit.console import Console
from fieldkit.core.guide import CASES
from fieldkit.engine.header import read_header
from fieldkit.errors import ExitCode
from fieldkit.packager import (
    convert_command,
    deployments,
    embedder_table,
    feedback_commands,
    licence_commands,
    pipeline,
    pull_command,
    score_report,
)
from fieldkit.packager.progress import Progress, duration, size
from fieldkit.packager.quantize import quantize as quantize_model
from fieldkit.packager.run import Run


def build(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit build PROFILE``."""
    run = Run(progress=Progress(console), until=options.until)
    order = pipeline.Order(
        profile=options.profile, output=options.output or Path("dist"), model=options.model
    )
    result = pipeline.build(order, run)
    took = duration(sum(run.progress.seconds.values()))
    if options.json:
        console.out_json(result)
        return ExitCode.OK
    console.err(f"Done in {took}." + (f" Reused: {', '.join(run.reused)}." if run.reused else ""))
    for installer in result["installers"]:
        console.out(installer)
        console.err(f"Install it, offline, with: sh {installer}")
    return ExitCode.OK


def evaluate(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit evaluate PROFILE``: the score, and every question it got wrong."""
    run = Run(progress=Progress(console), until="evaluate")
    order = pipeline.Order(
        profile=options.profile, output=Path("dist"), model=options.model, evaluate=True
    )
    scores = pipeline.build(order, run)["scores"]
    if options.json:
        console.out_json(scores)
        return ExitCode.OK
    for line in score_report.lines(scores):
        console.out(line)
    return ExitCode.OK


def convert(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit convert SOURCE TARGET``."""
    return convert_command.run(options, console)


def quantize(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit quantize SOURCE TARGET``."""
    progress = Progress(console)
    with progress.step("quantize", f"{options.source} to {options.type}"):
        quantize_model(
            options.source,
            options.target,
            kind=options.type,
            progress=lambda done, total: progress.advance(done, total, "tensors"),
        )
    header = read_header(options.target)
    console.out(f"{options.target}: {header.quantization}, {size(header.file_size)}")
    return ExitCode.OK


def measure(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit measure FILE``."""
    from fieldkit.probe.measure import measure as measure_model

    header = read_header(options.model)
    progress = Progress(console)
    context = min(options.context or 4096, header.shape.context)
    with progress.step("measure", str(options.model)):
        measurement = measure_model(
            options.model,
            template="",
            context=context,
            settings=tuning.settings_for(options.model, context=context),
            progress=lambda done, total: progress.advance(done, total, "runs"),
        )
    if options.json:
        console.out_json(measurement.summary())
    else:
        for name, value in measurement.summary().items():
            console.out(f"{name:<26} {_worded(value)}")
    return ExitCode.OK


def _worded(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_worded(inner)}" for name, inner in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def pull(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit pull PROFILE``."""
    return pull_command.run(options, console)


def licence_show(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit licence show PROFILE``."""
    return licence_commands.show(options, console)


def licence_accept(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit licence accept PROFILE``."""
    return licence_commands.accept(options, console)


def new(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit new NAME --manuals DIR``."""
    from fieldkit.packager import new_profile

    return new_profile.new(options, console)


def candidates(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit candidates``: what survives the constraints, and why the others fell."""
    if options.embedders:
        found = embedder_table.report(deployments.embedders())
        if options.json:
            console.out_json({"embedders": found})
        else:
            console.out(embedder_table.format_report(found))
        return ExitCode.OK
    from fieldkit.packager import choice_report, choice_speed, choice_table, choose
    from fieldkit.packager.choice_asked import asked

    wanted = asked(options)
    if options.case is not None:
        console.err(CASES[options.case].question)
    facts = choose.this_machine()
    choice = choose.choose(
        choose.catalog(),
        wanted,
        facts=facts,
        today=dt.datetime.now(dt.UTC).date(),
        predict=choice_speed.unmeasured
        if options.no_measure
        else choice_speed.predictor(facts, console.err),
    )
    report = choice_report.report(choice, price_per_kwh=options.price_per_kwh)
    if options.json:
        console.out_json(report)
    else:
        console.out(choice_table.format_report(report))
    return choice.exit_code


def feedback_keygen(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit feedback keygen``."""
    return feedback_commands.keygen(options, console)


def feedback_read(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit feedback read``."""
    return feedback_commands.read(options, console)


def engine(_options: argparse.Namespace, console: Console) -> int:
    """``fieldkit engine``: build the portable engine, or say where it is."""
    console.out(str(pipeline.prepare_engine(Run(progress=Progress(console)))))
    return ExitCode.OK


def export_ollama(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit export ollama PROFILE``: the profile is built up to its media."""
    from fieldkit.install import export

    order = pipeline.Order(profile=options.source, output=Path("dist"))
    result = pipeline.build(order, Run(progress=Progress(console), until="media"))
    written = export.from_media(Path(result["media"]), options.output)
    console.out(str(written))
    console.err(f"Create it with: {export.create_command(written)}")
    return ExitCode.OK
