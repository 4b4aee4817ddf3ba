"""Run by the converter's interpreter: prompts as transformers makes them.

Reads a list of requests from stdin as JSON, each ``{"folder", "template", "tokens", "messages"}``,
and writes a list of ``{"text", "tokens"}``. Without a template the folder's own is taken.
"""

import functools
import json
import sys
from typing import Any

from transformers import AutoTokenizer  # type: ignore[import-not-found]  # only in its environment


@functools.cache
def loaded(folder: str) -> Any:
    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    tokenizer = loaded(request["folder"])
    options = {
        "chat_template": request["template"],
        "add_generation_prompt": True,
        "date_string": "26 Jul 2024",
        **request["tokens"],
    }
    return {
        "text": tokenizer.apply_chat_template(request["messages"], tokenize=False, **options),
        "tokens": tokenizer.apply_chat_template(request["messages"], tokenize=True, **options),
    }


if __name__ == "__main__":
    json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
