"""Run by the converter's interpreter: what transformers makes of checkpoints, in F32.

Arguments: a text, then folders. Writes a JSON object for each folder in a line of its own:
``{"tokens", "logits"}``, the text's tokens and the logits after the last of them.
"""

import json
import sys

import torch  # type: ignore[import-not-found]  # only in its environment
from transformers import (  # type: ignore[import-not-found]  # only in its environment
    AutoModelForCausalLM,
    AutoTokenizer,
)


def main() -> None:
    text, *folders = sys.argv[1:]
    torch.set_num_threads(2)
    for folder in folders:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager"
        )
        tokens = tokenizer.encode(text)
        with torch.inference_mode():
            logits = model(torch.tensor([tokens])).logits[0, -1]
        found = {"tokens": tokens, "logits": [float(value) for value in logits]}
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
