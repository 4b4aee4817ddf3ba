"""``python -m fieldkit.packager.demo_model train|export|evaluate``."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path

from fieldkit.packager.demo_model import tokenizer as tokenizers
from fieldkit.packager.demo_model.corpus import Corpus, held_out, text_sample

GGUF = "fieldkit-demo-f16.gguf"


def main() -> None:
    """Run one step of making the demonstration model."""
    parser = argparse.ArgumentParser(prog="fieldkit.packager.demo_model", description=__doc__)
    parser.add_argument("step", choices=("train", "export", "evaluate"))
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("build/demo-model"))
    parser.add_argument("--work", type=Path, default=Path(".cache/demo-model"))
    parser.add_argument("--manuals", type=Path, default=Path("profiles/demo/manuals"))
    parser.add_argument("--questions", type=Path, default=Path("profiles/demo/questions.toml"))
    parser.add_argument("--model", type=Path, help="the GGUF to evaluate (default: in output)")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    options.output.mkdir(parents=True, exist_ok=True)
    if options.step == "evaluate":
        from fieldkit.packager.demo_model import evaluate

        evaluate.report(options.model or options.output / GGUF, options.manuals, options.questions)
        return
    from fieldkit.packager.demo_model import export, record, train

    recipe = replace(train.Recipe(), minutes=options.minutes, processes=options.processes)
    vocabulary = work / "tokenizer.model"
    by_hand = options.output / "questions.jsonl"
    if not vocabulary.is_file():
        sample = Corpus(recipe.seed, options.manuals, by_hand)
        tokenizers.train(text_sample(sample, 12000), vocabulary)
    tokenizer = tokenizers.Tokenizer(vocabulary)
    checkpoint = work / "checkpoint.pt"
    if options.step == "train":
        unseen = held_out(options.questions)
        train.make(
            lambda seed: Corpus(seed, options.manuals, by_hand, unseen),
            vocabulary,
            recipe,
            checkpoint,
        )
    network, steps, spent = train.load(checkpoint)
    export.write(network, tokenizer, options.output / GGUF)
    record.write(
        options.output / "recipe.toml",
        recipe,
        network,
        steps=steps,
        spent=spent,
        corpus=[*sorted(options.manuals.glob("*.md")), by_hand],
    )


if __name__ == "__main__":
    main()
